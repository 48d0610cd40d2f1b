// Matrix products, bias and means with native gradients. What tfjs already does in one native op (add, multiply, concat,
// reshape, transpose) stays tfjs's.
import { executeSingle, flag, text, tf, type Scalar, type Tensor, type Tensor2D } from '../backend'
import { differentiable, integers } from './native-op'
import { lastAxisOf } from '../shape'

/** Product of two matrices: `[rows, inner] x [inner, columns]`. */
export function matMul(a: Tensor2D, b: Tensor2D): Tensor2D {
  const product = (left: Tensor, right: Tensor, transposeLeft: boolean, transposeRight: boolean): Tensor =>
    executeSingle('MatMul', { transpose_a: flag(transposeLeft), transpose_b: flag(transposeRight) }, [left, right])
  return differentiable(
    [a, b],
    () => ({ value: product(a, b, false, false) as Tensor2D, saved: [a, b] }),
    (dy, [left, right]) => [product(dy, right, false, true), product(left, dy, true, false)],
  )
}

/**
 * Products of the last two axes; the leading axes of both must be equal.
 * @param a `[..., rows, inner]`
 * @param b `[..., inner, columns]`, or `[..., columns, inner]` with `transposeB`
 */
export function batchMatMul(a: Tensor, b: Tensor, transposeB = false): Tensor {
  const product = (left: Tensor, right: Tensor, adjointLeft: boolean, adjointRight: boolean): Tensor =>
    executeSingle('BatchMatMulV2', { adj_x: flag(adjointLeft), adj_y: flag(adjointRight) }, [left, right])
  return differentiable(
    [a, b],
    () => ({ value: product(a, b, false, transposeB), saved: [a, b] }),
    (dy, [left, right]) => [
      product(dy, right, false, !transposeB),
      transposeB ? product(dy, left, true, false) : product(left, dy, true, false),
    ],
  )
}

/**
 * Adds a bias to the last axis.
 * @param x `[..., channels]` of rank 2 to 5
 * @param bias `[channels]`
 */
export function biasAdd<T extends Tensor>(x: T, bias: Tensor): T {
  const attributes = { data_format: text('NHWC') }
  return differentiable(
    [x, bias],
    () => ({ value: executeSingle('BiasAdd', attributes, [x, bias]) as T, saved: [] }),
    (dy) => [dy.clone(), executeSingle('BiasAddGrad', attributes, [asRows(dy)])],
  )
}

/**
 * A matrix of the same values. A recorded bias gradient of the very tensor that a convolution's gradient takes would be fused with it
 * by oneDNN, whose threads add in other portions than the two kernels do one by one (docs/decisions/016).
 */
const asRows = (x: Tensor): Tensor => (x.rank === 2 ? x : tf.reshape(x, [-1, lastAxisOf(x.shape)]))

/** Mean over everything. */
export function mean(x: Tensor): Scalar {
  return differentiable(
    [x],
    () => ({ value: executeSingle('Mean', {}, [x, integers(x.shape.map((_, axis) => axis))]) as Scalar, saved: [] }),
    (dy) => [executeSingle('BroadcastTo', {}, [tf.mul(dy, 1 / x.size), integers(x.shape)])],
  )
}
