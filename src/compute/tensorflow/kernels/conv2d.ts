// 2-D convolution and its gradients as single native ops, with the rewrites TensorFlow 2.21 needs to be right:
// a strided 1x1 kernel always becomes a strided slice and a stride-1 convolution (oneDNN's filter gradient is wrong for
// 3-7 input channels), and what the self-check did not prove is composed from what is always right.
import { executeSingle, flag, integer, text, tf, type Attributes, type Tensor4D } from '../backend'
import { differentiable, integers } from './native-op'
import { pad2d, stride2d } from './pad'
import { isSamePadding, isZeroPadding, resolvePadding, type WindowOptions } from './padding'
import { kernelSupport } from './support'

export interface ConvolutionOptions extends WindowOptions {
  /** `[vertical, horizontal]` distance between the taps of the kernel; 1 is dense. */
  readonly dilations?: readonly [number, number]
}

type NativePadding = 'SAME' | 'VALID'

/**
 * @param x `[batch, height, width, channels]` float32
 * @param filter `[height, width, channels, filters]` float32
 * @returns `[batch, height', width', filters]`; belongs to the surrounding tidy
 */
export function conv2d(x: Tensor4D, filter: Tensor4D, options: ConvolutionOptions): Tensor4D {
  return withStrideAndPadding(x, filter, options, (input, strides, dilations, padding) =>
    nativeConvolution(input, filter, strides, dilations, padding),
  )
}

/**
 * Convolution in `groups` independent slices of the channels.
 * @param filter `[height, width, channels / groups, filters]`
 */
export function groupedConv2d(x: Tensor4D, filter: Tensor4D, groups: number, options: ConvolutionOptions): Tensor4D {
  if (groups === 1) return conv2d(x, filter, options)
  if (kernelSupport().groupedConvolution) {
    return withStrideAndPadding(x, filter, options, (input, strides, dilations, padding) =>
      nativeConvolution(input, filter, strides, dilations, padding),
    )
  }
  const inputs = tf.split(x, groups, 3) as Tensor4D[]
  const filters = tf.split(filter, groups, 3) as Tensor4D[]
  return tf.concat(
    inputs.map((input, group) => conv2d(input, filters[group]!, options)),
    3,
  )
}

/** Brings any padding, stride and dilation to a form whose native gradients are right, then convolves. */
function withStrideAndPadding(
  x: Tensor4D,
  filter: Tensor4D,
  { strides, padding, dilations = [1, 1] }: ConvolutionOptions,
  convolve: (
    x: Tensor4D,
    strides: readonly [number, number],
    dilations: readonly [number, number],
    padding: NativePadding,
  ) => Tensor4D,
): Tensor4D {
  const [kernelHeight, kernelWidth] = filter.shape
  const size: [number, number] = [x.shape[1], x.shape[2]]
  const reach: [number, number] = [dilations[0] * (kernelHeight - 1) + 1, dilations[1] * (kernelWidth - 1) + 1]
  const explicit = resolvePadding(padding, size, reach, strides)
  if (kernelHeight === 1 && kernelWidth === 1) {
    return convolve(stride2d(pad2d(x, explicit, 0), strides), [1, 1], [1, 1], 'VALID')
  }
  const native: NativePadding = isZeroPadding(explicit) ? 'VALID' : 'SAME'
  if (native === 'VALID' || isSamePadding(explicit, resolvePadding('same', size, reach, strides))) {
    return convolve(x, strides, dilations, native)
  }
  return convolve(pad2d(x, explicit, 0), strides, dilations, 'VALID')
}

function nativeConvolution(
  x: Tensor4D,
  filter: Tensor4D,
  strides: readonly [number, number],
  dilations: readonly [number, number],
  padding: NativePadding,
): Tensor4D {
  if ((dilations[0] > 1 || dilations[1] > 1) && !kernelSupport().dilatedConvolution) {
    return nativeConvolution(x, spreadFilter(filter, dilations), strides, [1, 1], padding)
  }
  const attributes: Attributes = {
    strides: integer([1, ...strides, 1]),
    dilations: integer([1, ...dilations, 1]),
    padding: text(padding),
    data_format: text('NHWC'),
    use_cudnn_on_gpu: flag(true),
  }
  return differentiable(
    [x, filter],
    () => ({ value: executeSingle('Conv2D', attributes, [x, filter]) as Tensor4D, saved: [x, filter] }),
    (dy, [input, weights]) => [
      executeSingle('Conv2DBackpropInput', attributes, [integers(input.shape), weights, dy]),
      executeSingle('Conv2DBackpropFilter', attributes, [input, integers(weights.shape), dy]),
    ],
  )
}

/**
 * The dense kernel equal to a dilated one: zeros between the taps. Exact for every stride, at the cost of the larger kernel.
 * @param filter `[height, width, channels, filters]`
 * @returns `[dilation * (height - 1) + 1, ..., channels, filters]`
 */
export function spreadFilter(filter: Tensor4D, dilations: readonly [number, number]): Tensor4D {
  const [height, width, channels, filters] = filter.shape
  const [vertical, horizontal] = dilations
  const taps = tf.reshape(filter, [height, 1, width, 1, channels * filters])
  const spread = tf.pad(taps, [
    [0, 0],
    [0, vertical - 1],
    [0, 0],
    [0, horizontal - 1],
    [0, 0],
  ])
  const full: Tensor4D = tf.reshape(spread, [height * vertical, width * horizontal, channels, filters])
  return tf.slice(full, [0, 0, 0, 0], [vertical * (height - 1) + 1, horizontal * (width - 1) + 1, channels, filters])
}
