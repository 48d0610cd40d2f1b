// Clipping by the norm of all gradients together (Pascanu et al. 2013), as graph ops: one factor for every gradient, so that
// the direction of the step stays.
import { executeSingle, tf, type NamedTensorMap, type Scalar, type Tensor } from './backend'

/** Square root of the sum of the squares of everything in `gradients`. Belongs to the surrounding tidy. */
export function globalNorm(gradients: readonly Tensor[]): Scalar {
  // L2Loss is half the sum of squares, in one pass.
  const halves = gradients.map((gradient) => executeSingle('L2Loss', {}, [gradient]))
  return executeSingle('Sqrt', {}, [tf.mul(tf.addN(halves), 2)]) as Scalar
}

/**
 * The gradients times min(1, limit / norm).
 * @param limit largest norm, above 0
 * @returns new tensors of the surrounding tidy, under the same names
 */
export function clipByGlobalNorm(gradients: NamedTensorMap, limit: number): NamedTensorMap {
  const factor = tf.div(tf.scalar(limit), tf.maximum(globalNorm(Object.values(gradients)), limit))
  return Object.fromEntries(Object.entries(gradients).map(([name, gradient]) => [name, tf.mul(gradient, factor)]))
}
