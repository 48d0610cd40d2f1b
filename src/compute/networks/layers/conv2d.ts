// Ordinary and grouped convolution. Kernels are `[height, width, inputs per group, outputs]`.
import { numberOf, pairOf } from '@shared/architecture/catalogue/parameter-values'
import { channelsOf } from '@shared/architecture/layer'
import { tf, type Tensor4D } from '../../tensorflow/backend'
import { conv2d as convolve, groupedConv2d } from '../../tensorflow/kernels/conv2d'
import { depthwiseConv2d } from '../../tensorflow/kernels/depthwise-conv2d'
import { biasOf, kernel } from './arrays'
import { convolutionOptions, withBias } from './convolution-window'
import { asMap, type Layer } from './layer'

export const conv2d: Layer = {
  arrays(parameters, [input]) {
    const [height, width] = pairOf(parameters, 'kernel')
    const [channels, groups] = [channelsOf(input), numberOf(parameters, 'groups')]
    const features = numberOf(parameters, 'channels')
    const fanIn = (height * width * channels) / groups
    const fanOut = (height * width * features) / groups
    return [kernel([height, width, channels / groups, features], 'he', fanIn, fanOut), ...biasOf(parameters, features)]
  },
  build(call) {
    const x = asMap(call.inputs[0])
    const window = convolutionOptions(x, call)
    const weights = asMap(call.array('kernel'))
    const groups = numberOf(call.parameters, 'groups')
    const [height, width, groupInputs, outputs] = weights.shape
    if (groups === 1) return withBias(call, convolve(x, weights, window))
    // One input channel a group is a depthwise convolution, for which every device has a kernel of its own.
    if (groupInputs === 1) {
      const depthwise: Tensor4D = tf.reshape(weights, [height, width, groups, outputs / groups])
      return withBias(call, depthwiseConv2d(x, depthwise, window))
    }
    return withBias(call, groupedConv2d(x, weights, groups, window))
  },
}
