// What ordinary and depthwise convolution share: their window in figures, and the bias behind them.
import { convolutionWindow } from '@shared/architecture/catalogue/conv2d'
import { flagOf } from '@shared/architecture/catalogue/parameter-values'
import type { Tensor4D } from '../../tensorflow/backend'
import type { ConvolutionOptions } from '../../tensorflow/kernels/conv2d'
import { biasAdd } from '../../tensorflow/kernels/dense'
import type { LayerCall } from './layer'
import { explicitPadding } from './padding'

export function convolutionOptions(x: Tensor4D, { parameters }: LayerCall): ConvolutionOptions {
  const rule = convolutionWindow(parameters)
  return { strides: rule.stride, padding: explicitPadding(x, rule), dilations: [rule.dilation, rule.dilation] }
}

export const withBias = ({ parameters, array }: LayerCall, y: Tensor4D): Tensor4D =>
  flagOf(parameters, 'bias') ? biasAdd(y, array('bias')) : y
