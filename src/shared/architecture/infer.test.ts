// Shapes of whole graphs: what a sound one gives, what a broken one says, and how long both take.
import { describe, expect, it } from 'vitest'
import { AppError } from '../errors'
import { inferShapes, outputShape, requireShapes } from './infer'
import { INPUT_ID, type LayerGraph, type LayerNode } from './layer'
import { layerNode as node } from './testing/layer-node'

const graph = (nodes: readonly LayerNode[], output: string): LayerGraph => ({ input: [32, 32, 3], nodes, output })

describe('a sound graph', () => {
  const sound = graph(
    [
      node('conv', 'conv2d', [INPUT_ID], { channels: 8, stride: [2, 2] }),
      node('mean', 'global-average-pool', ['conv']),
      node('scale', 'multiply', ['conv', 'mean']),
      node('flat', 'flatten', ['scale']),
      node('classes', 'dense', ['flat']),
    ],
    'classes',
  )

  it('has every shape, missing parameters at their defaults', () => {
    expect(Object.fromEntries(requireShapes(sound))).toEqual({
      input: [32, 32, 3],
      conv: [16, 16, 8],
      mean: [1, 1, 8],
      scale: [16, 16, 8],
      flat: [2048],
      classes: [10],
    })
    expect(outputShape(sound)).toEqual([10])
  })

  it('may have nothing but its input', () => {
    expect(outputShape(graph([], INPUT_ID))).toEqual([32, 32, 3])
  })
})

describe('a broken graph', () => {
  const reasons = (nodes: readonly LayerNode[], output = 'last'): Record<string, string> =>
    Object.fromEntries(inferShapes(graph(nodes, output)).problems.map(({ node: id, reason }) => [id, reason]))

  it('tells root causes only, all of them, and keeps the shapes it knows', () => {
    const broken = graph(
      [
        node('good', 'relu', [INPUT_ID]),
        node('bad', 'dense', ['good']),
        node('after', 'relu', ['bad']),
        node('last', 'conv2d', [INPUT_ID], { groups: 2 }),
      ],
      'after',
    )
    const { shapes, problems } = inferShapes(broken)
    expect(problems.map((problem) => problem.node)).toEqual(['bad', 'last'])
    expect([...shapes.keys()]).toEqual([INPUT_ID, 'good'])
    expect(() => requireShapes(broken)).toThrow(AppError)
    expect(() => requireShapes(broken)).toThrow(/Layer bad: .*flatten.*\(and 1 more\)/)
  })

  it.each<[string, readonly LayerNode[], RegExp]>([
    ['an unknown kind', [node('last', 'con2d', [INPUT_ID])], /no layer kind "con2d"; did you mean conv2d/],
    [
      'a reference forward',
      [node('last', 'relu', ['later']), node('later', 'relu', [INPUT_ID])],
      /later is not an earlier layer/,
    ],
    ['a missing input', [node('last', 'relu', [])], /ReLU expects 1 input, received 0/],
    ['a lonely sum', [node('last', 'add', [INPUT_ID])], /Add expects 2 to 64 inputs, received 1/],
    ['a bad parameter', [node('last', 'conv2d', [INPUT_ID], { channels: -1 })], /channels must be a whole number/],
    ['an id used twice', [node('last', 'relu', [INPUT_ID]), node('last', 'relu', [INPUT_ID])], /used twice/],
    ['the id of the input', [node('last', 'relu', [INPUT_ID]), node(INPUT_ID, 'relu', ['last'])], /used twice/],
  ])('says what is wrong with %s', (_what, nodes, reason) => {
    expect(Object.values(reasons(nodes)).join('\n')).toMatch(reason)
  })

  it('says that the output is missing or the input is no shape', () => {
    expect(reasons([node('first', 'relu', [INPUT_ID])])).toEqual({ last: expect.stringContaining('not a layer') })
    expect(inferShapes({ input: [0, 8, 3], nodes: [], output: INPUT_ID }).problems).toHaveLength(1)
  })
})

it('takes well under 5 ms for 300 layers', () => {
  const nodes = Array.from({ length: 300 }, (_, index) =>
    node(`n${index}`, 'conv2d', [index === 0 ? INPUT_ID : `n${index - 1}`], { channels: 16 }),
  )
  const chain = graph(nodes, 'n299')
  const times = Array.from({ length: 50 }, () => {
    const start = performance.now()
    inferShapes(chain)
    return performance.now() - start
  }).sort((first, second) => first - second)
  expect(times[25]).toBeLessThan(5)
})
