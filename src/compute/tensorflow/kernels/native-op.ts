// The seam between native kernels and tfjs's tape: one differentiable op whose forward and backward are native calls.
import { executeSingle, tf, type Attributes, type Tensor } from '../backend'

export interface Forward<T extends Tensor, S extends readonly Tensor[]> {
  readonly value: T
  /** What the backward needs; inputs may be named again, they are not copied. */
  readonly saved: readonly [...S]
}

/**
 * A differentiable op. `forward` runs off the tape; `backward` returns one gradient for each input, in order, and may not
 * return `dy` itself (tfjs disposes gradients one by one: return `dy.clone()`, which shares the data).
 */
export function differentiable<T extends Tensor, S extends readonly Tensor[]>(
  inputs: readonly Tensor[],
  forward: () => Forward<T, S>,
  backward: (dy: T, saved: S) => readonly Tensor[],
): T {
  const op = tf.customGrad((...parameters) => {
    const save = parameters[parameters.length - 1] as unknown as (tensors: Tensor[]) => void
    const { value, saved } = forward()
    save([...saved])
    // tfjs hands back the tensors that were saved, in order.
    return { value, gradFunc: (dy: Tensor, kept: Tensor[]) => [...backward(dy as T, kept as readonly Tensor[] as S)] }
  })
  return op(...inputs) as T
}

/** A vector of host integers, for shapes and axes. Belongs to the surrounding tidy. */
export const integers = (values: readonly number[]): Tensor => tf.tensor1d([...values], 'int32')

/** A unary native op whose gradient op takes (gradient, result): `Sigmoid`/`SigmoidGrad` and so on. */
export function unary<T extends Tensor>(
  x: T,
  forwardName: string,
  backward: (dy: T, result: Tensor, x: Tensor) => Tensor,
  attributes: Attributes = {},
): T {
  return differentiable(
    [x],
    () => {
      const value = executeSingle(forwardName, attributes, [x]) as T
      return { value, saved: [value, x] }
    },
    (dy, [result, input]) => [backward(dy, result, input)],
  )
}
