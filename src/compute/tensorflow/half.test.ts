// Half precision by measurement: every op a network is made of, in both types, against the same network in float32.
import { describe, expect, it } from 'vitest'
import { createRandom } from '@shared/random'
import { initialValues } from '../networks/initialise'
import { buildNetwork, trainedNames, type Network } from '../networks/network'
import { KIND_CASES } from '../networks/testing/kind-cases'
import { nativeType, scoped, tf, type Tensor, type Tensor4D, type Variable } from './backend'
import { DataType } from './binding'
import { inFloat32, isHalf, toFloat32, toHalf, type HalfType } from './half'
import { distributionCrossEntropy } from './kernels/cross-entropy'
import { mean } from './kernels/dense'
import { relativeError } from './reference-convolution'

/** Half of the distance between a number and the next: what one rounding costs. */
const ROUNDING: Readonly<Record<HalfType, number>> = { float16: 2 ** -11, bfloat16: 2 ** -8 }
const TYPES = Object.keys(ROUNDING) as HalfType[]

describe('half tensors', () => {
  it.each(TYPES)(
    '%s rounds to the nearest, is float32 to tfjs, and passes gradients in the type it came from',
    (type) => {
      scoped(() => {
        const x = tf.tensor1d([1, 1 + ROUNDING[type] * 2, 1 + ROUNDING[type] * 0.9, 1 / 3])
        const half = toHalf(x, type)
        expect([half.dtype, nativeType(half), isHalf(half), isHalf(x)]).toEqual([
          'float32',
          DataType[type],
          true,
          false,
        ])
        const back = [...toFloat32(half).dataSync()]
        expect(back.slice(0, 3)).toEqual([1, 1 + ROUNDING[type] * 2, 1])
        expect(Math.abs(back[3]! - 1 / 3)).toBeLessThanOrEqual(ROUNDING[type] / 3)
        expect(toFloat32(x)).toBe(x)
        const gradient = tf.grad((t) => toFloat32(tf.square(toHalf(t, type))))(x)
        expect([nativeType(gradient), gradient.dataSync()[0]]).toEqual([DataType.float32, 2])
      })
    },
  )
  it('numbers take the type of what they meet; what tfjs sums stays half', () => {
    scoped(() => {
      const x = toHalf(
        tf.tensor2d([
          [1, 2],
          [3, 4],
        ]),
        'bfloat16',
      )
      for (const y of [tf.mul(x, 3), tf.add(x, x), tf.concat([x, x], 1), tf.transpose(x), tf.slice(x, [0, 1], [2, 1])])
        expect(nativeType(y)).toBe(DataType.bfloat16)
      expect(nativeType(inFloat32(x, (whole) => tf.sum(whole, 1)))).toBe(DataType.bfloat16)
      // One tensor with two consumers: tfjs adds their gradients.
      const both = tf.grad((t) => toFloat32(tf.add(tf.mul(toHalf(t, 'bfloat16'), 2), toHalf(t, 'bfloat16'))))
      expect([...both(tf.tensor1d([5])).dataSync()]).toEqual([3])
      expect(() => tf.add(x, tf.ones([2, 2]))).toThrow()
    })
  })
})

function gradientsOf(network: Network, half: HalfType | null): { value: number; gradients: Map<string, Float32Array> } {
  const random = createRandom(3)
  return scoped(() => {
    const variables = new Map<string, Variable>(
      network.arrays.map((stored) => {
        const { values, shape } = initialValues(stored, 1)
        return [stored.name, tf.variable(tf.tensor(values, [...shape]), stored.trained)]
      }),
    )
    const size = 3 * network.graph.input.reduce((a, b) => a * b, 1)
    const pixels = Float32Array.from({ length: size }, () => random.next() * 2 - 1)
    const images = tf.tensor(pixels, [3, ...network.graph.input] as [number, number, number, number]) as Tensor4D
    const targets = tf.tensor2d([
      [1, 0, 0],
      [1, 0, 0],
      [0, 0.5, 0.5],
    ])
    const names = [...trainedNames(network, null)]
    const { value, grads } = tf.variableGrads(
      () => {
        const seed = tf.tensor1d([1, 2], 'int32')
        const { logits } = network.forward(images, (name) => variables.get(name)!, seed, half)
        return mean(distributionCrossEntropy(logits, targets))
      },
      names.map((name) => variables.get(name)!),
    )
    const read = (tensor: Tensor) => tensor.dataSync<'float32'>()
    const gradients = new Map(names.map((name) => [name, read(grads[variables.get(name)!.name]!)]))
    tf.dispose([...variables.values()])
    return { value: read(value)[0]!, gradients }
  })
}

/** Roundings of a value on its way through the few layers of a case, and of a gradient back, not all in one direction. */
const [VALUE_ROUNDINGS, GRADIENT_ROUNDINGS] = [8, 40]
/** Maxima that nearly tie change places when rounded, and one of the few windows here takes its whole gradient along. */
const MAXIMUM_MOVED = 0.5

describe.each(TYPES)('%s networks', (type) => {
  it.each(KIND_CASES.map((entry) => [entry.title, entry] as const))('%s', (_, { graph, kind }) => {
    const network = buildNetwork(graph)
    const [whole, half] = [gradientsOf(network, null), gradientsOf(network, type)]
    expect(Math.abs(half.value - whole.value)).toBeLessThan(VALUE_ROUNDINGS * ROUNDING[type] * Math.max(1, whole.value))
    // All together: alone, a gradient that is zero but for rounding (a bias before batch normalisation) has no relative error.
    const all = ({ gradients }: typeof whole) => [...gradients.values()].flatMap((values) => [...values])
    const error = relativeError(all(half), all(whole))
    expect(error).toBeLessThan(kind === 'max-pool' ? MAXIMUM_MOVED : GRADIENT_ROUNDINGS * ROUNDING[type])
  })
})
