// Depthwise convolution: each channel has its own filters and never meets another channel.
import type { LayerDefinition } from '../layer'
import { convolutionWindow } from './conv2d'
import { biasSpec, dilationSpec, kernelSpec, MAX_CHANNELS, paddingSpec, strideSpec } from './parameter-specs'
import { flagOf, numberOf, pairOf } from './parameter-values'
import { failed, ONE_INPUT } from './simple-layer'
import { isMap, mapOf, notAMap, windowShape } from './window'

export const depthwiseConv2d: LayerDefinition = {
  kind: 'depthwise-conv2d',
  family: 'depthwise',
  title: 'Depthwise convolution',
  help: 'One spatial filter per channel, channels stay apart. Very few weights; follow it with a 1x1 convolution that mixes the channels. The workhorse of EfficientNet and ShuffleNet.',
  parameters: {
    kernel: kernelSpec(3),
    stride: strideSpec(1),
    padding: paddingSpec('half'),
    dilation: dilationSpec,
    multiplier: {
      type: 'integer',
      min: 1,
      max: 64,
      default: 1,
      title: 'Multiplier',
      help: 'Output channels for each input channel.',
    },
    bias: biasSpec(false, 'Adds a learned number to each channel. Not needed when a batch normalisation follows.'),
  },
  inputs: ONE_INPUT,
  shape(parameters, [input]) {
    if (!isMap(input)) return notAMap(input)
    const channels = input[2] * numberOf(parameters, 'multiplier')
    if (channels > MAX_CHANNELS) return failed(`${channels} output channels are more than ${MAX_CHANNELS}`)
    return windowShape(input, convolutionWindow(parameters), channels)
  },
  cost(parameters, _inputs, output) {
    const [height, width] = pairOf(parameters, 'kernel')
    const [rows, columns, channels] = mapOf(output)
    const weights = height * width * channels
    return {
      parameters: weights + (flagOf(parameters, 'bias') ? channels : 0),
      statistics: 0,
      macs: weights * rows * columns,
    }
  },
  window: (parameters) => convolutionWindow(parameters),
}
