import { LAYER_KINDS } from '@shared/architecture/catalogue'
import { costOf } from '@shared/architecture/cost'
import { describe, expect, it } from 'vitest'
import { elementCount } from '@shared/element-count'
import { scoped, tf, type Tensor, type Tensor4D, type Variable } from '../tensorflow/backend'
import { chain } from '../training/testing/tiny-job'
import { initialValues } from './initialise'
import { LAYERS } from './layers'
import { buildNetwork, trainedNames } from './network'
import { KIND_CASES } from './testing/kind-cases'

const names = (kind: string) => KIND_CASES.filter((entry) => entry.kind === kind)

it('has a case for every kind of the catalogue', () => {
  expect(LAYER_KINDS.filter((kind) => names(kind).length === 0)).toEqual([])
  expect(Object.keys(LAYERS).sort()).toEqual([...LAYER_KINDS].sort())
})

describe.each(KIND_CASES.map((entry) => [entry.title, entry] as const))('%s', (_, { graph, node }) => {
  const network = buildNetwork(graph)

  it('is built with the inferred shape and the counted parameters', () => {
    const cost = costOf(graph)
    const ofNode = network.arrays.filter((array) => array.node === node)
    const count = (trained: boolean) =>
      ofNode.filter((array) => array.trained === trained).reduce((sum, { shape }) => sum + elementCount(shape), 0)
    expect(count(true)).toBe(cost.layers.get(node)!.parameters)
    expect(count(false)).toBe(cost.layers.get(node)!.statistics)
    expect(network.parameterCount).toBe(cost.parameters)
    scoped(() => {
      const probe = buildNetwork({
        ...graph,
        nodes: [
          ...graph.nodes.slice(0, graph.nodes.findIndex(({ id }) => id === node) + 1),
          { id: 'probe', kind: 'flatten', parameters: {}, inputs: [node] },
        ],
        output: 'probe',
      })
      const { logits } = probe.forward(
        tf.ones([2, ...graph.input] as [number, number, number, number]),
        initial(probe),
        null,
      )
      expect(logits.shape).toEqual([2, elementCount(network.shapes.get(node)!)])
    })
  })

  it('takes part in a training step with a gradient for every trained array', () => {
    scoped(() => {
      const variables = new Map<string, Variable>(
        network.arrays.map((stored) => {
          const { values, shape } = initialValues(stored, 1)
          return [stored.name, tf.variable(tf.tensor(values, [...shape]), stored.trained)]
        }),
      )
      const trained = [...trainedNames(network, null)]
      const images = tf.randomUniform(
        [3, ...graph.input] as [number, number, number, number],
        -1,
        1,
        'float32',
        3,
      ) as Tensor4D
      const { grads } = tf.variableGrads(
        () =>
          tf.mean(
            tf.square(network.forward(images, (name) => variables.get(name)!, tf.tensor1d([1, 2], 'int32')).logits),
          ),
        trained.map((name) => variables.get(name)!),
      )
      for (const name of trained) {
        const gradient = grads[variables.get(name)!.name]!
        expect([name, gradient.shape]).toEqual([name, variables.get(name)!.shape])
        expect(gradient.dataSync().every(Number.isFinite)).toBe(true)
      }
      tf.dispose([...variables.values()])
    })
  })
})

function initial(network: ReturnType<typeof buildNetwork>): (name: string) => Tensor {
  const arrays = new Map(network.arrays.map((stored) => [stored.name, initialValues(stored, 1)]))
  return (name) => tf.tensor(arrays.get(name)!.values, [...arrays.get(name)!.shape])
}

describe('initial values', () => {
  const wide = buildNetwork(
    chain(
      [4, 4, 16],
      [
        { kind: 'conv2d', parameters: { channels: 128, kernel: [3, 3] } },
        { kind: 'conv2d', parameters: { channels: 128, kernel: [3, 3], groups: 8 } },
        { kind: 'flatten', parameters: {} },
        { kind: 'dense', parameters: { features: 64 } },
      ],
    ),
  )
  const moments = (values: Float32Array) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    return { mean, deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) }
  }
  const valuesOf = (name: string, seed = 1) =>
    initialValues(
      wide.arrays.find((array) => array.name === name)!,
      seed,
    ).values

  it.each([
    ['n0/kernel', Math.sqrt(2 / (9 * 16))],
    ['n1/kernel', Math.sqrt(2 / (9 * 16))],
    ['n3/kernel', Math.sqrt(2 / (2048 + 64))],
  ])('%s has mean 0 and deviation %s', (name, deviation) => {
    const values = valuesOf(name)
    const found = moments(values)
    // Five standard errors.
    expect(Math.abs(found.mean)).toBeLessThan((5 * deviation) / Math.sqrt(values.length))
    expect(Math.abs(found.deviation / deviation - 1)).toBeLessThan(5 / Math.sqrt(2 * values.length))
  })

  it('depends on seed and name alone', () => {
    expect(valuesOf('n0/kernel')).toEqual(valuesOf('n0/kernel'))
    expect(valuesOf('n0/kernel', 2)).not.toEqual(valuesOf('n0/kernel'))
    expect(valuesOf('n1/kernel').slice(0, 4)).not.toEqual(valuesOf('n0/kernel').slice(0, 4))
  })
})

describe('buildNetwork', () => {
  it('trains on the values before a last softmax', () => {
    const network = buildNetwork(
      chain(
        [4],
        [
          { kind: 'dense', parameters: { features: 2 } },
          { kind: 'softmax', parameters: {} },
        ],
      ),
    )
    scoped(() => {
      const array = (name: string): Tensor => (name.endsWith('bias') ? tf.tensor1d([5, -5]) : tf.zeros([4, 2]))
      const { logits } = network.forward(tf.ones([1, 4]) as unknown as Tensor4D, array, null)
      expect([...logits.dataSync()]).toEqual([5, -5])
    })
  })

  it('refuses an output that is no row of scores', () => {
    expect(() => buildNetwork(chain([4, 4, 3], [{ kind: 'relu', parameters: {} }]))).toThrow(
      /one score per class; node n0 gives \[4, 4, 3\]/,
    )
  })

  it('does not train what only a zero layer leads to', () => {
    const network = buildNetwork({
      input: [4, 4, 3],
      nodes: [
        { id: 'cut', kind: 'conv2d', parameters: { channels: 3 }, inputs: ['input'] },
        { id: 'zero', kind: 'zero', parameters: {}, inputs: ['cut'] },
        { id: 'sum', kind: 'add', parameters: {}, inputs: ['input', 'zero'] },
        { id: 'flat', kind: 'flatten', parameters: {}, inputs: ['sum'] },
        { id: 'head', kind: 'dense', parameters: { features: 2 }, inputs: ['flat'] },
      ],
      output: 'head',
    })
    expect([...trainedNames(network, null)]).toEqual(['head/kernel', 'head/bias'])
  })
})
