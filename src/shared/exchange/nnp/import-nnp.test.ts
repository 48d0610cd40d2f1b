// NNP files whose functions are not what their names promise, or share them; and texts that are made to take for ever.
import { describe, expect, it } from 'vitest'
import { designFromNnp } from './import-nnp'
import { messagesAt, numbersAt, parseTextFormat, textsAt } from './text-format'

const X = 'variable { name: "x" type: "Buffer" shape { dim: -1 dim: 3 dim: 8 dim: 8 } }'
const W = 'variable { name: "W" type: "Parameter" shape { dim: 2 dim: 3 dim: 1 dim: 1 } }'
const call = (name: string, type: string, inputs: readonly string[], output: string, parameters = ''): string =>
  `function { name: "${name}" type: "${type}" ${inputs.map((input) => `input: "${input}"`).join(' ')} output: "${output}" ${parameters} }`
const network = (...parts: readonly string[]): string => `network { name: "net" ${X} ${W} ${parts.join('\n')} }`
const values = (count: number) => ({ shape: [count], values: () => new Float32Array(count) })
const read = (text: string) => designFromNnp(text, 'net', new Map([['W', values(6)]]))
const last = call('mean', 'GlobalAveragePooling', ['last'], 'y')

describe('functions of NNP', () => {
  it('with equal names keep their own numbers', () => {
    const text = network(
      call('f', 'Convolution', ['x', 'W'], 'a'),
      call('f', 'AddScalar', ['a'], 'b', 'add_scalar_param { val: 5.0 }'),
      call('f', 'AddScalar', ['b'], 'last', 'add_scalar_param { val: 7.0 }'),
      last,
    )
    const { problems, graph, values: all } = read(text)
    expect(problems).toEqual([])
    const norms = graph.nodes.filter(({ kind }) => kind === 'batch-norm')
    const betas = all().arrays.filter(({ name }) => name.endsWith('/beta') || name.endsWith('/bias'))
    expect(norms).toHaveLength(2)
    expect(betas.map(({ values: each }) => each[0])).toEqual([5, 7])
  })

  it('that are called as a value of the file is take no value for another', () => {
    const text = network(
      'variable { name: "1.value" type: "Parameter" shape { dim: 1 } }',
      call('conv', 'Convolution', ['x', 'W'], 'a'),
      call('relu', 'ReLU', ['a'], 'r'),
      call('s', 'MulScalar', ['r'], 'last', 'mul_scalar_param { val: 3.0 }'),
      last,
    )
    const { problems, values: all } = read(text)
    expect(problems).toEqual([])
    expect(all().arrays.find(({ name }) => name.endsWith('/gamma'))?.values[0]).toBe(3)
  })

  it.each([
    ['Convolution', 'convolution_param { channel_last: true }', /channels come last/],
    ['MaxPooling', 'max_pooling_param { kernel { dim: 2 dim: 2 } channel_last: true }', /channels come last/],
    ['Convolution', 'convolution_param { base_axis: 2 }', /base axis is 2/],
    ['Softmax', 'softmax_param { axis: 3 }', /runs over axis 3/],
    ['BatchNormalization', 'batch_normalization_param { axes: 2 }', /runs over the axes \[2\]/],
    ['BatchNormalization', 'batch_normalization_param { batch_stat: true }', /of each batch/],
  ])('%s with %s is told', (type, parameters, reason) => {
    const inputs = type === 'Convolution' ? ['x', 'W'] : ['x']
    const { problems } = read(network(call('odd', type, inputs, 'last', parameters), last))
    expect(problems).toMatchObject([{ place: 'odd', operator: type, reason: expect.stringMatching(reason) as string }])
  })

  it('are those of the network that is run, and the others are told', () => {
    const training = network(call('act', 'Tanh', ['x'], 'last'), last).replace('"net"', '"training"')
    const running = network(call('act', 'ReLU', ['x'], 'last'), last)
    const { graph, notes } = read(`${training}\n${running}\nexecutor { name: "e" network_name: "net" }`)
    expect(graph.nodes[0]?.kind).toBe('relu')
    expect(notes).toContain('The file holds 2 networks; "net" is read.')
  })

  it('of which two give one value are refused, and so are two variables of one name and other shapes', () => {
    expect(() => read(network(call('a', 'ReLU', ['x'], 'y'), call('b', 'Tanh', ['x'], 'y')))).toThrow(
      /two functions give "y"/,
    )
    expect(() => read(network(W.replace('dim: 2', 'dim: 4'), last))).toThrow(/two variables are called "W"/)
  })
})

describe('protobuf text', () => {
  it('has words, numbers, texts, lists and messages', () => {
    const root = parseTextFormat('a: 1 a: -2.5e-3 b: "x\\"y" # a remark\nc { d: [1, 2f] e: true } c < d: inf >')
    expect(numbersAt(root, 'a')).toEqual([1, -0.0025])
    expect(textsAt(root, 'b')).toEqual(['x"y'])
    const [first, second] = messagesAt(root, 'c')
    expect([numbersAt(first!, 'd'), textsAt(first!, 'e'), textsAt(second!, 'd')]).toEqual([[1, 2], ['true'], ['inf']])
  })

  it.each([
    ['spaces before what is none', `a: ${' ,;'.repeat(100_000)}\u0001`],
    ['remarks without end', `${'# x\n '.repeat(100_000)}\u0001`],
    ['a text that never ends', `a: "${'\\\\'.repeat(200_000)}`],
    ['messages without end', 'a {'.repeat(100_000)],
    ['more values than any', 'a: 1 '.repeat(600_000)],
  ])('with %s is refused', (_, text) => {
    expect(() => parseTextFormat(text)).toThrow(/no protobuf text/)
  })
})
