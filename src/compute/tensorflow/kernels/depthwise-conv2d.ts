// Depthwise convolution (one kernel per channel) over its own native kernels, which know neither dilation nor unequal
// strides on CPU: a dilated kernel is spread with zeros, unequal strides are sliced from stride 1. Both exact.
import { executeSingle, integer, text, type Attributes, type Tensor4D } from '../backend'
import { spreadFilter, type ConvolutionOptions } from './conv2d'
import { differentiable, integers } from './native-op'
import { pad2d, stride2d } from './pad'
import { isSamePadding, isZeroPadding, resolvePadding } from './padding'

/**
 * @param x `[batch, height, width, channels]`
 * @param filter `[height, width, channels, multiplier]`
 * @returns `[batch, height', width', channels * multiplier]`; belongs to the surrounding tidy
 */
export function depthwiseConv2d(
  x: Tensor4D,
  filter: Tensor4D,
  { strides, padding, dilations = [1, 1] }: ConvolutionOptions,
): Tensor4D {
  const dense = dilations[0] > 1 || dilations[1] > 1 ? spreadFilter(filter, dilations) : filter
  const size: [number, number] = [x.shape[1], x.shape[2]]
  const kernel: [number, number] = [dense.shape[0], dense.shape[1]]
  const explicit = resolvePadding(padding, size, kernel, strides)
  if (strides[0] !== strides[1]) {
    return stride2d(nativeDepthwise(pad2d(x, explicit, 0), dense, 1, 'VALID'), strides)
  }
  const stride = strides[0]
  if (isZeroPadding(explicit)) return nativeDepthwise(x, dense, stride, 'VALID')
  if (isSamePadding(explicit, resolvePadding('same', size, kernel, strides))) {
    return nativeDepthwise(x, dense, stride, 'SAME')
  }
  return nativeDepthwise(pad2d(x, explicit, 0), dense, stride, 'VALID')
}

function nativeDepthwise(x: Tensor4D, filter: Tensor4D, stride: number, padding: 'SAME' | 'VALID'): Tensor4D {
  const attributes: Attributes = {
    strides: integer([1, stride, stride, 1]),
    padding: text(padding),
    data_format: text('NHWC'),
  }
  return differentiable(
    [x, filter],
    () => ({
      value: executeSingle('DepthwiseConv2dNative', attributes, [x, filter]) as Tensor4D,
      saved: [x, filter],
    }),
    (dy, [input, weights]) => [
      executeSingle('DepthwiseConv2dNativeBackpropInput', attributes, [integers(input.shape), weights, dy]),
      executeSingle('DepthwiseConv2dNativeBackpropFilter', attributes, [input, integers(weights.shape), dy]),
    ],
  )
}
