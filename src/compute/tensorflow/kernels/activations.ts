// Activations with native gradients. Definitions are torch's: hard-sigmoid is relu6(x + 3) / 6 (not Keras's), GELU is the exact one.
import { executeSingle, tf, type Tensor } from '../backend'
import { inFloat32 } from '../half'
import { differentiable, unary } from './native-op'

/**
 * max(x, 0), spelt as a maximum: TensorFlow's graph optimiser fuses batch norm with an op named Relu where oneDNN is on and the
 * channels divide by 4, and the fused kernel rounds differently, so that a recorded step would no longer equal its eager run.
 * The fusion gains nothing measurable here (ResNet-20, CPU time of a recorded step, one thread: 14.5 and 14.1 ms at width 4, 386
 * and 384 ms at width 16, with and without it).
 */
export const relu = <T extends Tensor>(x: T): T =>
  differentiable(
    [x],
    () => {
      const value = executeSingle('Maximum', {}, [x, tf.scalar(0)]) as T
      return { value, saved: [value] }
    },
    (dy, [y]) => [executeSingle('ReluGrad', {}, [dy, y])],
  )

export const relu6 = <T extends Tensor>(x: T): T =>
  unary(x, 'Relu6', (dy, y) => executeSingle('Relu6Grad', {}, [dy, y]))

export const sigmoid = <T extends Tensor>(x: T): T =>
  unary(x, 'Sigmoid', (dy, y) => executeSingle('SigmoidGrad', {}, [y, dy]))

export const tanh = <T extends Tensor>(x: T): T => unary(x, 'Tanh', (dy, y) => executeSingle('TanhGrad', {}, [y, dy]))

/** Over the last axis; exponentiated and summed in float32, whatever comes. */
export const softmax = <T extends Tensor>(x: T): T => inFloat32(x, softmax32) as T

const softmax32 = <T extends Tensor>(x: T): T =>
  unary(x, 'Softmax', (dy, y) => {
    const weighted = tf.mul(dy, y)
    return tf.sub(weighted, tf.mul(y, tf.sum(weighted, -1, true)))
  })

/** x * sigmoid(x) (swish; Ramachandran et al. 2017). */
export const silu = <T extends Tensor>(x: T): T =>
  differentiable(
    [x],
    () => {
      const gate = executeSingle('Sigmoid', {}, [x])
      return { value: tf.mul(x, gate) as T, saved: [x, gate] }
    },
    // d/dx x s(x) = s + x s (1 - s)
    (dy, [input, gate]) => [tf.add(tf.mul(dy, gate), executeSingle('SigmoidGrad', {}, [gate, tf.mul(dy, input)]))],
  )

/** relu6(x + 3) / 6. */
export const hardSigmoid = <T extends Tensor>(x: T): T =>
  differentiable(
    [x],
    () => {
      const clipped = executeSingle('Relu6', {}, [tf.add(x, 3)])
      return { value: tf.mul(clipped, 1 / 6) as T, saved: [clipped] }
    },
    (dy, [clipped]) => [tf.mul(executeSingle('Relu6Grad', {}, [dy, clipped]), 1 / 6)],
  )

/** x * relu6(x + 3) / 6 (Howard et al. 2019). */
export const hardSwish = <T extends Tensor>(x: T): T =>
  differentiable(
    [x],
    () => {
      const clipped = executeSingle('Relu6', {}, [tf.add(x, 3)])
      return { value: tf.mul(tf.mul(x, clipped), 1 / 6) as T, saved: [x, clipped] }
    },
    (dy, [input, clipped]) => {
      const gate = tf.mul(dy, clipped)
      const slope = executeSingle('Relu6Grad', {}, [tf.mul(dy, input), clipped])
      return [tf.mul(tf.add(gate, slope), 1 / 6)]
    },
  )

/** x * Phi(x) with the exact normal distribution (Hendrycks and Gimpel 2016), not the tanh approximation. */
export const gelu = <T extends Tensor>(x: T): T =>
  differentiable(
    [x],
    () => {
      const probability = tf.mul(tf.add(executeSingle('Erf', {}, [tf.mul(x, Math.SQRT1_2)]), 1), 0.5)
      return { value: tf.mul(x, probability) as T, saved: [x, probability] }
    },
    // d/dx x Phi(x) = Phi(x) + x phi(x)
    (dy, [input, probability]) => {
      const density = tf.mul(tf.exp(tf.mul(tf.square(input), -0.5)), 1 / Math.sqrt(2 * Math.PI))
      return [tf.mul(dy, tf.add(probability, tf.mul(input, density)))]
    },
  )

/** By the name that an architecture has for them; networks/layers/activation.ts holds it against the catalogue. */
export const ACTIVATIONS = {
  relu,
  relu6,
  silu,
  gelu,
  'hard-swish': hardSwish,
  sigmoid,
  'hard-sigmoid': hardSigmoid,
  tanh,
  softmax,
}
