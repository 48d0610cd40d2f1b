// Explicit padding and striding as native ops; both are what the other window kernels are brought to a safe form with.
import { executeSingle, tf, type Tensor, type Tensor4D } from '../backend'
import { differentiable, integers } from './native-op'
import { isZeroPadding, type ExplicitPadding } from './padding'

/**
 * Pads height and width with `value`; the gradient drops the border.
 * @param x `[batch, height, width, channels]`
 */
export function pad2d(x: Tensor4D, padding: ExplicitPadding, value: number): Tensor4D {
  if (isZeroPadding(padding)) return x
  const { top, bottom, left, right } = padding
  return differentiable(
    [x],
    () => {
      const borders = tf.tensor2d([0, 0, top, bottom, left, right, 0, 0], [4, 2], 'int32')
      return { value: executeSingle('PadV2', {}, [x, borders, tf.scalar(value)]) as Tensor4D, saved: [] }
    },
    (dy) => [executeSingle('Slice', {}, [dy, integers([0, top, left, 0]), integers(x.shape)])],
  )
}

/**
 * Every `strides`-th row and column, from the first on: `[batch, ceil(height / s), ceil(width / s), channels]`.
 *
 * Rows, then columns, are cut as the leading part of a matrix, which copies whole runs; TensorFlow's StridedSlice walks element by
 * element and took 2.5 to 6 ms, and its gradient as much again, where this takes 0.1 to 0.5 (`[128, 32, 32, 16]` and `[128, 16, 16,
 * 32]`, two cores).
 */
export function stride2d(x: Tensor4D, strides: readonly [number, number]): Tensor4D {
  const [vertical, horizontal] = strides
  if (vertical === 1 && horizontal === 1) return x
  const missing = (size: number, stride: number): number => (stride - (size % stride)) % stride
  const [, height, width] = x.shape
  const border = { top: 0, bottom: missing(height, vertical), left: 0, right: missing(width, horizontal) }
  return strideWhole(pad2d(x, border, 0), strides)
}

/** @param x height and width are multiples of the strides */
function strideWhole(x: Tensor4D, [vertical, horizontal]: readonly [number, number]): Tensor4D {
  const [batch, height, width, channels] = x.shape
  const [rows, columns] = [height / vertical, width / horizontal]
  const row = width * channels
  return differentiable(
    [x],
    () => {
      const kept = leading(tf.reshape(x, [batch * rows, vertical * row]), row)
      const value = leading(tf.reshape(kept, [batch * rows * columns, horizontal * channels]), channels)
      return { value: tf.reshape(value, [batch, rows, columns, channels]), saved: [] }
    },
    (dy) => {
      const spread = trailed(tf.reshape(dy, [batch * rows * columns, channels]), (horizontal - 1) * channels)
      const full = trailed(tf.reshape(spread, [batch * rows, row]), (vertical - 1) * row)
      return [tf.reshape(full, x.shape)]
    },
  )
}

/** The first `count` columns of `[rows, columns]`. */
const leading = (matrix: Tensor, count: number): Tensor =>
  matrix.shape[1] === count
    ? matrix
    : executeSingle('Slice', {}, [matrix, integers([0, 0]), integers([matrix.shape[0]!, count])])

/** `[rows, columns]` with `count` columns of zeros behind. */
const trailed = (matrix: Tensor, count: number): Tensor =>
  count === 0
    ? matrix
    : executeSingle('PadV2', {}, [matrix, tf.tensor2d([0, 0, 0, count], [2, 2], 'int32'), tf.scalar(0)])
