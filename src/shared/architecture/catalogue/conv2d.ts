// Two-dimensional convolution, ordinary or grouped. Depthwise with its own kernel is depthwise-conv2d.
import type { LayerDefinition, ParameterValues } from '../layer'
import {
  biasSpec,
  channelsSpec,
  dilationSpec,
  kernelSpec,
  MAX_CHANNELS,
  paddingSpec,
  strideSpec,
} from './parameter-specs'
import { flagOf, numberOf, paddingOf, pairOf } from './parameter-values'
import { failed, ONE_INPUT } from './simple-layer'
import { isMap, mapOf, notAMap, windowShape, type WindowRule } from './window'

/** The sliding-window part of a convolution's parameters, also for building it. */
export function convolutionWindow(parameters: ParameterValues): WindowRule {
  return {
    kernel: pairOf(parameters, 'kernel'),
    stride: pairOf(parameters, 'stride'),
    dilation: numberOf(parameters, 'dilation'),
    padding: paddingOf(parameters),
  }
}

export const conv2d: LayerDefinition = {
  kind: 'conv2d',
  family: 'convolution',
  title: 'Convolution',
  help: 'Slides learned filters over the map and mixes channels. A 3x3 kernel sees neighbours, a 1x1 kernel only changes the number of channels. Groups split the channels into independent convolutions, which divides weights and work by their number.',
  parameters: {
    channels: channelsSpec,
    kernel: kernelSpec(3),
    stride: strideSpec(1),
    padding: paddingSpec('half'),
    dilation: dilationSpec,
    groups: {
      type: 'integer',
      min: 1,
      max: MAX_CHANNELS,
      default: 1,
      title: 'Groups',
      help: 'Must divide the input and the output channels. 1 connects every input channel with every output channel.',
    },
    bias: biasSpec(
      false,
      'Adds a learned number to each output channel. Not needed when a batch normalisation follows.',
    ),
  },
  inputs: ONE_INPUT,
  shape(parameters, [input]) {
    if (!isMap(input)) return notAMap(input)
    const channels = numberOf(parameters, 'channels')
    const groups = numberOf(parameters, 'groups')
    if (input[2] % groups !== 0) return failed(`${groups} groups do not divide ${input[2]} input channels`)
    if (channels % groups !== 0) return failed(`${groups} groups do not divide ${channels} output channels`)
    return windowShape(input, convolutionWindow(parameters), channels)
  },
  cost(parameters, [input], output) {
    const [height, width] = pairOf(parameters, 'kernel')
    const channels = numberOf(parameters, 'channels')
    const [rows, columns] = mapOf(output)
    const weights = height * width * (mapOf(input)[2] / numberOf(parameters, 'groups')) * channels
    return {
      parameters: weights + (flagOf(parameters, 'bias') ? channels : 0),
      statistics: 0,
      macs: weights * rows * columns,
    }
  },
  window: (parameters) => convolutionWindow(parameters),
}
