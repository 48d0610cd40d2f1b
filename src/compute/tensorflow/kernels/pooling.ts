// Pooling with native gradients. Explicit padding follows torch: a maximum never takes a padded value; an average counts
// padding only when asked, and never counts what ceil mode adds behind.
import { executeSingle, integer, text, tf, type Attributes, type Tensor, type Tensor4D } from '../backend'
import { inFloat32, like } from '../half'
import { differentiable, integers } from './native-op'
import { pad2d } from './pad'
import { isZeroPadding, resolvePadding, type ExplicitPadding, type WindowOptions } from './padding'

export interface PoolingOptions extends WindowOptions {
  /** `[height, width]` */
  readonly kernel: readonly [number, number]
  /** Keep the last, partly filled window (torch's ceil_mode); with explicit or `valid` padding only. */
  readonly ceil?: boolean
}

export interface AveragePoolingOptions extends PoolingOptions {
  /** Whether explicit padding counts as zeros in the average (torch's count_include_pad); `same` never counts it. */
  readonly countPadding: boolean
}

/**
 * @param x `[batch, height, width, channels]`
 * @returns `[batch, height', width', channels]`; belongs to the surrounding tidy
 */
export function maxPool(x: Tensor4D, options: PoolingOptions): Tensor4D {
  if (options.padding === 'same') return nativeMaxPool(x, options, 'SAME')
  const { declared, behind } = explicitPadding(x, options)
  return nativeMaxPool(pad2d(x, sum(declared, behind), Number.NEGATIVE_INFINITY), options, 'VALID')
}

/** @see maxPool for shapes. */
export function averagePool(x: Tensor4D, options: AveragePoolingOptions): Tensor4D {
  if (options.padding === 'same') return nativeAveragePool(x, options, 'SAME')
  const { declared, behind } = explicitPadding(x, options)
  const whole = sum(declared, behind)
  const average = nativeAveragePool(pad2d(x, whole, 0), options, 'VALID')
  if (isZeroPadding(whole) || (options.countPadding && isZeroPadding(behind))) return average
  // Share of each window that counts: the same pooling over ones. Constant, so a recorded step folds it.
  const ones = tf.ones([1, x.shape[1], x.shape[2], 1]) as Tensor4D
  const counted = pad2d(pad2d(ones, declared, options.countPadding ? 1 : 0), behind, 0)
  // A product with the reciprocal, because that is what the graph optimiser makes of a division by a constant.
  return tf.mul(average, like(tf.reciprocal(nativeAveragePool(counted, options, 'VALID')), average))
}

/** Mean over height and width, always summed in float32: `[batch, channels]`. */
export const globalAveragePool = (x: Tensor4D): Tensor => inFloat32(x, meanOverMap)

function meanOverMap(x: Tensor4D): Tensor {
  const [batch, height, width, channels] = x.shape
  return differentiable(
    [x],
    () => ({ value: executeSingle('Mean', {}, [x, integers([1, 2])]), saved: [] }),
    (dy) => {
      const share = tf.reshape(tf.mul(dy, 1 / (height * width)), [batch, 1, 1, channels])
      return [executeSingle('BroadcastTo', {}, [share, integers(x.shape)])]
    },
  )
}

const sum = (a: ExplicitPadding, b: ExplicitPadding): ExplicitPadding => ({
  top: a.top + b.top,
  bottom: a.bottom + b.bottom,
  left: a.left + b.left,
  right: a.right + b.right,
})

function explicitPadding(x: Tensor4D, { kernel, strides, padding, ceil = false }: PoolingOptions) {
  const declared = resolvePadding(padding, [x.shape[1], x.shape[2]], kernel, strides)
  const behind = { top: 0, bottom: 0, left: 0, right: 0 }
  if (ceil) {
    behind.bottom = ceilExtension(x.shape[1], kernel[0], strides[0], declared.top, declared.bottom)
    behind.right = ceilExtension(x.shape[2], kernel[1], strides[1], declared.left, declared.right)
  }
  return { declared, behind }
}

/** Rows behind that the last window of ceil mode needs; torch drops a window that would start in the padding behind. */
function ceilExtension(size: number, kernel: number, stride: number, before: number, after: number): number {
  const padded = size + before + after
  let windows = Math.ceil((padded - kernel) / stride) + 1
  if ((windows - 1) * stride >= size + before) windows -= 1
  return Math.max(0, (windows - 1) * stride + kernel - padded)
}

function windowAttributes({ kernel, strides }: PoolingOptions, padding: 'SAME' | 'VALID'): Attributes {
  return {
    ksize: integer([1, ...kernel, 1]),
    strides: integer([1, ...strides, 1]),
    padding: text(padding),
    data_format: text('NHWC'),
  }
}

function nativeMaxPool(x: Tensor4D, options: PoolingOptions, padding: 'SAME' | 'VALID'): Tensor4D {
  const attributes = windowAttributes(options, padding)
  return differentiable(
    [x],
    () => {
      const value = executeSingle('MaxPool', attributes, [x]) as Tensor4D
      return { value, saved: [x, value] }
    },
    (dy, [input, output]) => [executeSingle('MaxPoolGrad', attributes, [input, output, dy])],
  )
}

function nativeAveragePool(x: Tensor4D, options: PoolingOptions, padding: 'SAME' | 'VALID'): Tensor4D {
  const attributes = windowAttributes(options, padding)
  return differentiable(
    [x],
    () => ({ value: executeSingle('AvgPool', attributes, [x]) as Tensor4D, saved: [] }),
    (dy) => [executeSingle('AvgPoolGrad', attributes, [integers(x.shape), dy])],
  )
}
