// Operators whose meaning hangs on the opset, on how many inputs they have, or on the operator before them.
import { describe, expect, it } from 'vitest'
import { op, smallModel, tensor, textAttribute, type SmallModel } from '../testing/onnx-files'
import { importGraph } from './import-graph'
import { attribute, INT64, type NodeProto } from './proto'
import { readOnnxGraph } from './read-graph'

const read = (model: SmallModel) => importGraph(readOnnxGraph(smallModel(model)))
const ended = [op('GlobalAveragePool', ['last'], 'mean'), op('Flatten', ['mean'], 'y')]
const refusalOf = (model: SmallModel): string => {
  const [first] = read(model).problems
  return first === undefined ? 'nothing' : `${first.operator}: ${first.reason}`
}
const kernel = tensor('k', [3, 3, 3, 3])

describe('Sum', () => {
  const parts = ['a', 'b', 'c'].map((name) => op('Relu', ['x'], name))

  it('of three values is one layer of three', () => {
    const { graph, problems } = read({ nodes: [...parts, op('Sum', ['a', 'b', 'c'], 'last'), ...ended] })
    expect(problems).toEqual([])
    expect(graph.nodes.find(({ kind }) => kind === 'add')?.inputs).toEqual(['a', 'b', 'c'])
  })

  it('of one value is that value', () => {
    const { graph, problems } = read({ nodes: [op('Relu', ['x'], 'a'), op('Sum', ['a'], 'last'), ...ended] })
    expect(problems).toEqual([])
    expect(graph.nodes.map(({ kind }) => kind)).toEqual(['relu', 'global-average-pool', 'flatten'])
  })

  it.each([0, 1, 2])('of two values and a constant at place %i is told, and not read as less', (place) => {
    const inputs = ['a', 'b']
    inputs.splice(place, 0, 'one')
    const nodes = [...parts, op('Sum', inputs, 'last'), ...ended]
    expect(refusalOf({ nodes, constants: [tensor('one', [], [1])] })).toMatch(/^Sum: it adds a constant/)
  })
})

describe('zeros of a Pad', () => {
  const pads = (values: readonly number[]) => tensor('pads', [8], values, true)
  const around = pads([0, 0, 1, 1, 0, 0, 1, 1])
  const padded = (then: NodeProto, zeros = around): SmallModel => ({
    nodes: [op('Pad', ['x', 'pads'], 'padded'), then, ...ended],
    constants: [zeros, kernel],
    input: [3, 8, 8],
  })

  it('are there before a window that pads itself', () => {
    // SAME at stride 1 around a map of 10: 12 wide, which no padding of ours gives a window of three.
    const same = op('Conv', ['padded', 'k'], 'last', [textAttribute('auto_pad', 'SAME_UPPER')])
    expect(refusalOf(padded(same))).toMatch(/^Conv: its padding \[2, 2, 2, 2\] is none of/)
    const valid = op('Conv', ['padded', 'k'], 'last', [textAttribute('auto_pad', 'VALID')])
    expect(read(padded(valid)).graph.nodes[0]?.parameters).toMatchObject({ padding: 'half' })
  })

  it('may stand for the odd one that SAME puts before the map', () => {
    // SAME_LOWER at stride 2 of a map of 8: one before, none after, as `half` has it.
    const lower = op('Conv', ['x', 'k'], 'last', [
      textAttribute('auto_pad', 'SAME_LOWER'),
      attribute.ints('strides', [2, 2]),
    ])
    const { graph, problems } = read({ nodes: [lower, ...ended], constants: [kernel] })
    expect(problems).toEqual([])
    expect(graph.nodes[0]?.parameters).toMatchObject({ padding: 'half', stride: [2, 2] })
  })

  it('count in an average whose own zeros do not: told', () => {
    const window = [attribute.ints('kernel_shape', [3, 3]), attribute.ints('pads', [1, 1, 1, 1])]
    const average = op('AveragePool', ['padded'], 'last', window)
    expect(refusalOf(padded(average))).toMatch(/^AveragePool: some of the zeros/)
  })

  it('at one end alone are told for a convolution, which never rounds its windows up as a pooling does', () => {
    // Zeros below a map of 8 by 13: four rows of windows; without them there are three.
    const conv = op('Conv', ['x', 'k'], 'last', [
      attribute.ints('strides', [2, 2]),
      attribute.ints('pads', [0, 0, 1, 0]),
    ])
    const below = { nodes: [conv, ...ended], constants: [kernel], input: [3, 8, 13] }
    expect(refusalOf(below)).toMatch(/^Conv: its padding \[0, 0, 1, 0\] is none of/)
  })

  it('that an average counts at one end alone are told: what our rounded-up window reaches beyond is not counted', () => {
    const window = [
      attribute.ints('kernel_shape', [4, 4]),
      attribute.ints('strides', [2, 2]),
      attribute.ints('pads', [0, 0, 1, 1]),
      attribute.int('count_include_pad', 1),
    ]
    const nodes = [op('AveragePool', ['x'], 'last', window), ...ended]
    expect(refusalOf({ nodes, input: [3, 7, 5] })).toMatch(/^AveragePool: its padding/)
  })

  it('before a rounded-up pooling are part of the map, and a last window may begin in them', () => {
    // 5 and a zero at both ends are 7; windows of three begin at 0, 3 and, rounded up, at 6: on the last zero.
    const window = [
      attribute.ints('kernel_shape', [3, 3]),
      attribute.ints('strides', [3, 3]),
      attribute.ints('pads', [0, 0, 1, 1]),
      attribute.int('ceil_mode', 1),
    ]
    const nodes = [
      op('Relu', ['x'], 'r'),
      op('Pad', ['r', 'pads'], 'padded'),
      op('MaxPool', ['padded'], 'last', window),
      ...ended,
    ]
    expect(refusalOf({ nodes, constants: [around], input: [3, 5, 5] })).toMatch(/^MaxPool: its padding/)
  })

  it('are worked out as torch.onnx has them: a list that is filled up, turned round and made long again', () => {
    const steps = [
      op('Shape', ['given'], 'count.list'),
      op('Gather', ['count.list', '0'], 'count'),
      op('Sub', ['8', 'count'], 'lacking'),
      op('Unsqueeze', ['lacking', '0.list'], 'lacking.list'),
      op('ConstantOfShape', ['lacking.list'], 'filling'),
      op('Concat', ['given', 'filling'], 'long', [attribute.int('axis', 0)]),
      op('Reshape', ['long', 'pairs'], 'paired'),
      op('Slice', ['paired', '-1.list', 'least', '0.list', '-1.list'], 'turned'),
      op('Transpose', ['turned'], 'columns', [attribute.ints('perm', [1, 0])]),
      op('Reshape', ['columns', '-1.list'], 'flat'),
      op('Cast', ['flat'], 'pads', [attribute.int('to', INT64)]),
      op('Pad', ['x', 'pads'], 'padded'),
    ]
    const whole = (name: string, dims: number[], values: number[]) => tensor(name, dims, values, true)
    const constants = [
      // Left and right, top and bottom, as torch.nn.functional.pad takes them.
      whole('given', [4], [1, 1, 1, 1]),
      ...[whole('0', [], [0]), whole('8', [], [8]), whole('0.list', [1], [0]), whole('-1.list', [1], [-1])],
      ...[whole('pairs', [2], [-1, 2]), whole('least', [1], [-(2 ** 53)]), kernel],
    ]
    const conv = op('Conv', ['padded', 'k'], 'last')
    const { graph, problems } = read({ nodes: [...steps, conv, ...ended], constants, input: [3, 8, 8] })
    expect(problems).toEqual([])
    expect(graph.nodes[0]?.parameters).toMatchObject({ padding: 'half' })
  })

  it('are named by their axes since opset 18', () => {
    const pad = op('Pad', ['x', 'pads', '', 'axes'], 'padded')
    const conv = op('Conv', ['padded', 'k'], 'last')
    const constants = [tensor('pads', [4], [1, 1, 1, 1], true), tensor('axes', [2], [-1, 2], true), kernel]
    const { graph, problems } = read({ nodes: [pad, conv, ...ended], constants, opset: 18 })
    expect(problems).toEqual([])
    expect(graph.nodes[0]?.parameters).toMatchObject({ padding: 'half' })
  })
})

describe('Softmax', () => {
  const softmax = (opset: number, axis?: number): SmallModel => ({
    nodes: [op('Softmax', ['x'], 'last', axis === undefined ? [] : [attribute.int('axis', axis)]), ...ended],
    opset,
  })

  it('over the channels of a map is ours since opset 13, and another before', () => {
    expect(refusalOf(softmax(13, 1))).toBe('nothing')
    expect(refusalOf(softmax(12, 1))).toMatch(/^Softmax: it runs over the whole map/)
    expect(refusalOf(softmax(11))).toMatch(/^Softmax: it runs over the whole map/)
    expect(refusalOf(softmax(13))).toMatch(/^Softmax: it runs over axis -1/)
  })

  it('of features is the same in every opset', () => {
    const nodes = [
      op('GlobalAveragePool', ['x'], 'mean'),
      op('Flatten', ['mean'], 'flat'),
      op('Softmax', ['flat'], 'y'),
    ]
    for (const opset of [7, 12, 13, 17]) expect(refusalOf({ nodes, opset })).toBe('nothing')
  })

  it('of a logarithm runs over the channels too', () => {
    const nodes = [op('LogSoftmax', ['x'], 'y', [attribute.int('axis', 2)])]
    expect(refusalOf({ nodes })).toMatch(/^LogSoftmax: it runs over axis 2/)
  })
})

describe('Reshape', () => {
  const flat = (shape: NodeProto, constants: SmallModel['constants'] = []): SmallModel => ({
    nodes: [shape, op('Gemm', ['flat', 'w'], 'y')],
    constants: [...constants, tensor('w', [192, 2])],
    output: 'y',
  })

  it('has its shape as an attribute before opset 5', () => {
    const old = op('Reshape', ['x'], 'flat', [attribute.ints('shape', [-1, 192])])
    const { graph, problems } = read({ ...flat(old), opset: 1 })
    expect(problems).toEqual([])
    expect(graph.nodes.map(({ kind }) => kind)).toEqual(['flatten', 'dense'])
  })

  it.each([
    [[-1, 192], 'nothing'],
    [[0, -1], 'nothing'],
    [[1, -1], 'nothing'],
    [[-1, 96], 'Reshape: it gives the shape [-1, 96], an image has 192 values'],
  ])('to %j: %s', (sizes, expected) => {
    const nodes = flat(op('Reshape', ['x', 'to'], 'flat'), [tensor('to', [2], sizes, true)])
    expect(refusalOf(nodes)).toBe(expected)
  })
})

describe('Clip', () => {
  it.each([
    ['attributes', [op('Clip', ['x'], 'last', [attribute.float('min', 0), attribute.float('max', 6)])], 6, 'relu6'],
    ['no upper limit', [op('Clip', ['x'], 'last', [attribute.float('min', 0)])], 6, 'relu'],
    ['inputs', [op('Clip', ['x', 'zero', 'six'], 'last')], 11, 'relu6'],
  ] as const)('with %s', (_, nodes, opset, kind) => {
    const constants = [tensor('zero', [], [0]), tensor('six', [], [6])]
    const { graph, problems } = read({ nodes: [...nodes, ...ended], constants, opset })
    expect(problems).toEqual([])
    expect(graph.nodes[0]?.kind).toBe(kind)
  })

  it('whose limit the network works out is told', () => {
    const nodes = [op('Relu', ['x'], 'limit'), op('Clip', ['x', 'zero', 'limit'], 'last'), ...ended]
    expect(refusalOf({ nodes, constants: [tensor('zero', [], [0])] })).toBe('Clip: its limit max is no constant')
  })
})

describe('an operator', () => {
  it("of another domain is none of ONNX's", () => {
    const conv = { ...op('Conv', ['x', 'k'], 'last'), domain: 'com.microsoft.nchwc' }
    expect(refusalOf({ nodes: [conv, ...ended], constants: [kernel] })).toMatch(/^com\.microsoft\.nchwc\.Conv/)
  })

  it('before which only arithmetic is done finds the image with its channels last', () => {
    const turn = op('Transpose', ['scaled'], 'turned', [attribute.ints('perm', [0, 3, 1, 2])])
    const nodes = [op('Mul', ['x', 'half'], 'scaled'), turn, op('Conv', ['turned', 'k'], 'last'), ...ended]
    const { graph, scaling, problems } = read({
      nodes,
      constants: [kernel, tensor('half', [], [0.5])],
      input: [8, 6, 3],
    })
    expect(problems).toEqual([])
    expect(graph.input).toEqual([8, 6, 3])
    expect(scaling.deviation[0]).toBeCloseTo(1 / (255 * 0.5), 8)
  })
})
