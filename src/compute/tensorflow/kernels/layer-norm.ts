// Layer normalisation over the last axis (Ba et al. 2016), with the gradient written out.
import { tf, type Tensor, type Tensor1D } from '../backend'
import { differentiable } from './native-op'
import { lastAxisOf } from '../shape'

/**
 * @param x `[..., width]`
 * @param gain `[width]`
 * @param bias `[width]`
 */
export function layerNorm<T extends Tensor>(x: T, gain: Tensor1D, bias: Tensor1D, epsilon = 1e-5): T {
  const width = lastAxisOf(x.shape)
  const average = (values: Tensor): Tensor => tf.mul(tf.sum(values, -1, true), 1 / width)
  return differentiable(
    [x, gain, bias],
    () => {
      const centred = tf.sub(x, average(x))
      const inverse = tf.rsqrt(tf.add(average(tf.square(centred)), epsilon))
      const normal = tf.mul(centred, inverse)
      return { value: tf.add(tf.mul(normal, gain), bias) as T, saved: [normal, inverse, gain] }
    },
    (dy, [normal, inverse, scale]) => {
      const leading = dy.shape.slice(0, -1).map((_, axis) => axis)
      const g = tf.mul(dy, scale)
      // dx = inverse * (g - mean(g) - normal * mean(g * normal))
      const dx = tf.mul(tf.sub(tf.sub(g, average(g)), tf.mul(normal, average(tf.mul(g, normal)))), inverse)
      return [dx, tf.sum(tf.mul(dy, normal), leading), tf.sum(dy, leading)]
    },
  )
}
