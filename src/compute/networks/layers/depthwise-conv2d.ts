// Depthwise convolution. Kernels are `[height, width, channels, multiplier]`.
import { numberOf, pairOf } from '@shared/architecture/catalogue/parameter-values'
import { channelsOf } from '@shared/architecture/layer'
import { depthwiseConv2d as convolve } from '../../tensorflow/kernels/depthwise-conv2d'
import { biasOf, kernel } from './arrays'
import { convolutionOptions, withBias } from './convolution-window'
import { asMap, type Layer } from './layer'

export const depthwiseConv2d: Layer = {
  arrays(parameters, [input]) {
    const [height, width] = pairOf(parameters, 'kernel')
    const [channels, multiplier] = [channelsOf(input), numberOf(parameters, 'multiplier')]
    const area = height * width
    return [
      kernel([height, width, channels, multiplier], 'he', area, area * multiplier),
      ...biasOf(parameters, channels * multiplier),
    ]
  },
  build(call) {
    const x = asMap(call.inputs[0])
    const window = convolutionOptions(x, call)
    return withBias(call, convolve(x, asMap(call.array('kernel')), window))
  },
}
