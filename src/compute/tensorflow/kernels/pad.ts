// Explicit padding and striding as native ops; both are what the other window kernels are brought to a safe form with.
import { executeSingle, integer, tf, type Attributes, type Tensor4D } from '../backend'
import { differentiable, integers } from './native-op'
import { isZeroPadding, type ExplicitPadding } from './padding'

/**
 * Pads height and width with `value`; the gradient drops the border.
 * @param x `[batch, height, width, channels]`
 */
export function pad2d(x: Tensor4D, padding: ExplicitPadding, value: number): Tensor4D {
  if (isZeroPadding(padding)) return x
  const { top, bottom, left, right } = padding
  return differentiable<Tensor4D>(
    [x],
    () => {
      const borders = tf.tensor2d([0, 0, top, bottom, left, right, 0, 0], [4, 2], 'int32')
      return { value: executeSingle('PadV2', {}, [x, borders, tf.scalar(value)]) as Tensor4D, saved: [] }
    },
    (dy) => [executeSingle('Slice', {}, [dy, integers([0, top, left, 0]), integers(x.shape)])],
  )
}

const WHOLE_RANGE: Attributes = {
  // Bit per axis: ignore begin and end, take every stride-th element of the whole axis.
  begin_mask: integer(15),
  end_mask: integer(15),
  ellipsis_mask: integer(0),
  new_axis_mask: integer(0),
  shrink_axis_mask: integer(0),
}

/** Every `strides`-th row and column, from the first on: `[batch, ceil(height / s), ceil(width / s), channels]`. */
export function stride2d(x: Tensor4D, strides: readonly [number, number]): Tensor4D {
  if (strides[0] === 1 && strides[1] === 1) return x
  const range = () => [integers([0, 0, 0, 0]), integers([0, 0, 0, 0]), integers([1, ...strides, 1])]
  return differentiable<Tensor4D>(
    [x],
    () => ({ value: executeSingle('StridedSlice', WHOLE_RANGE, [x, ...range()]) as Tensor4D, saved: [] }),
    (dy) => [executeSingle('StridedSliceGrad', WHOLE_RANGE, [integers(x.shape), ...range(), dy])],
  )
}
