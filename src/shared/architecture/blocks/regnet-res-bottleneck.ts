// RegNet's ResBottleneckBlock (Radosavovic et al. 2020; torchvision 0.11), X without and Y with squeeze-excitation.
import { numberOf } from '../catalogue/parameter-values'
import { INPUT_ID } from '../layer'
import { bottleneck } from './bottleneck'
import { ANY_WIDTH, blockStrideSpec, defineBlock, widthSpec } from './define-block'
import { fittingGroups } from './parts'

export const regnetResBottleneck = defineBlock({
  name: 'regnet-res-bottleneck',
  title: 'RegNet bottleneck',
  origin: 'RegNet',
  help: 'A residual block with a grouped 3x3 convolution of fixed group width and, for RegNetY, squeeze-excitation. Groups are lowered to a number that divides the inner width.',
  parameters: {
    width: widthSpec(64),
    stride: blockStrideSpec(1),
    // As in RegNetX-400MF, the smallest.
    groupWidth: { type: 'integer', min: 1, max: 1024, default: 16, title: 'Group width', help: 'Channels in a group.' },
    innerRatio: {
      type: 'number',
      min: 0.125,
      max: 8,
      default: 1,
      title: 'Inner ratio',
      help: 'Inner width over output width; 1 in every published RegNet.',
    },
    squeezeRatio: {
      type: 'number',
      min: 0,
      max: 1,
      default: 0.25,
      title: 'Squeeze ratio',
      help: 'Squeezed channels over input channels; 0.25 for RegNetY, 0 leaves squeeze-excitation out as in RegNetX.',
    },
  },
  widths: ANY_WIDTH,
  build(graph, parameters) {
    const width = numberOf(parameters, 'width')
    const inner = Math.max(1, Math.round(width * numberOf(parameters, 'innerRatio')))
    const ratio = numberOf(parameters, 'squeezeRatio')
    return bottleneck(graph, {
      width,
      inner,
      groups: fittingGroups(inner / numberOf(parameters, 'groupWidth'), inner),
      stride: numberOf(parameters, 'stride'),
      ...(ratio > 0 && { squeezed: Math.max(1, Math.round(ratio * graph.channelsOf(INPUT_ID))) }),
    })
  },
})
