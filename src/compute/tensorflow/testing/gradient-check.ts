// Holds a native kernel against a float64 forward of the same function: values directly, gradients by central differences of
// the float64 one. For tests only.
import { expect } from 'vitest'
import { createRandom } from '@shared/random'
import { scoped, tf, type Tensor } from '../backend'
import { relativeError } from '../reference-convolution'

export interface GradientCheck {
  readonly shapes: readonly (readonly number[])[]
  /** Range of the random inputs, [-low, low] by default 1.5. */
  readonly spread?: number
  readonly native: (inputs: readonly Tensor[]) => Tensor
  readonly float64: (inputs: readonly Float64Array[]) => Float64Array
  readonly seed?: number
}

/** Coordinates probed per input: each costs two float64 forwards. */
const PROBES = 60
/** Truncation (h^2) and cancellation (1e-16 / h) errors of a central difference are both below 1e-9 here. */
const STEP = 1e-5
/** float32 sums of a few hundred terms. */
const VALUE_BOUND = 2e-6
const GRADIENT_BOUND = 2e-5

export function expectRightGradients({ shapes, spread = 1.5, native, float64, seed = 1 }: GradientCheck): void {
  const random = createRandom(seed)
  const draw = (length: number): Float32Array => Float32Array.from({ length }, () => (random.next() * 2 - 1) * spread)
  const inputs = shapes.map((shape) => draw(shape.reduce((a, b) => a * b, 1)))
  const exact = inputs.map((values) => Float64Array.from(values))
  const expected = float64(exact)
  const cotangent = draw(expected.length)
  const { value, gradients } = scoped(() => {
    const tensors = inputs.map((values, i) => tf.tensor(values, [...shapes[i]!]))
    const y = native(tensors)
    const dy = tf.tensor(cotangent, y.shape)
    const grads = tf.grads((...parameters) => native(parameters))(tensors, dy)
    return { value: y.dataSync(), gradients: grads.map((gradient) => gradient.dataSync()) }
  })
  expect(relativeError(value, expected), 'value').toBeLessThan(VALUE_BOUND)

  const objective = (): number => float64(exact).reduce((sum, y, i) => sum + y * cotangent[i]!, 0)
  exact.forEach((values, i) => {
    const probes = Array.from({ length: Math.min(PROBES, values.length) }, (_, k) =>
      values.length <= PROBES ? k : random.integer(values.length),
    )
    const numeric = probes.map((k) => {
      const held = values[k]!
      values[k] = held + STEP
      const above = objective()
      values[k] = held - STEP
      const below = objective()
      values[k] = held
      return (above - below) / (2 * STEP)
    })
    const native = probes.map((k) => gradients[i]![k]!)
    expect(relativeError(native, numeric), `gradient of input ${i}`).toBeLessThan(GRADIENT_BOUND)
  })
}
