// Convolutions: ordinary, grouped and depthwise.
import { convolutionWindow } from '@shared/architecture/catalogue/conv2d'
import { flagOf, numberOf } from '@shared/architecture/catalogue/parameter-values'
import type { WindowRule } from '@shared/architecture/catalogue/window'
import { tf, type Tensor4D } from '../../tensorflow/backend'
import { conv2d, groupedConv2d, type ConvolutionOptions } from '../../tensorflow/kernels/conv2d'
import { biasAdd } from '../../tensorflow/kernels/dense'
import { depthwiseConv2d } from '../../tensorflow/kernels/depthwise-conv2d'
import { asMap, type LayerBuilder, type LayerCall } from './layer-builder'
import { explicitPadding } from './padding'

function options(x: Tensor4D, rule: WindowRule): ConvolutionOptions {
  return { strides: rule.stride, padding: explicitPadding(x, rule), dilations: [rule.dilation, rule.dilation] }
}

const withBias = ({ parameters, array }: LayerCall, y: Tensor4D): Tensor4D =>
  flagOf(parameters, 'bias') ? biasAdd(y, array('bias')) : y

export const convolution: LayerBuilder = (call) => {
  const x = asMap(call.inputs[0])
  const window = options(x, convolutionWindow(call.parameters))
  const kernel = asMap(call.array('kernel'))
  const groups = numberOf(call.parameters, 'groups')
  const [height, width, groupInputs, outputs] = kernel.shape
  if (groups === 1) return withBias(call, conv2d(x, kernel, window))
  // One input channel a group is a depthwise convolution, for which every device has a kernel of its own.
  if (groupInputs === 1) {
    const depthwise: Tensor4D = tf.reshape(kernel, [height, width, groups, outputs / groups])
    return withBias(call, depthwiseConv2d(x, depthwise, window))
  }
  return withBias(call, groupedConv2d(x, kernel, groups, window))
}

export const depthwiseConvolution: LayerBuilder = (call) => {
  const x = asMap(call.inputs[0])
  const window = options(x, convolutionWindow(call.parameters))
  return withBias(call, depthwiseConv2d(x, asMap(call.array('kernel')), window))
}
