// ResNeXt's Bottleneck (Xie et al. 2017; torchvision 0.11): a bottleneck whose 3x3 convolution has many groups.
import { numberOf } from '../catalogue/parameter-values'
import { bottleneck } from './bottleneck'
import { ANY_WIDTH, blockStrideSpec, defineBlock, widthSpec } from './define-block'

/** Output width over base width in torchvision; group widths are quoted for a base width of 64, the first stage. */
const EXPANSION = 4
const FIRST_STAGE = 64

/**
 * Groups and their width. From the first stage's width on (256 output channels) torchvision's rule: the groups stay and
 * get wider. Narrower blocks keep the group width and have fewer groups, since torchvision's rule gives 0 channels there.
 */
function grouping(width: number, groups: number, groupWidth: number): { groups: number; inner: number } {
  const widened = Math.floor(((width / EXPANSION) * groupWidth) / FIRST_STAGE)
  if (widened >= groupWidth) return { groups, inner: widened * groups }
  const fewer = Math.max(1, Math.round((width * groups) / (EXPANSION * FIRST_STAGE)))
  return { groups: fewer, inner: fewer * groupWidth }
}

export const resnextBottleneck = defineBlock({
  name: 'resnext-bottleneck',
  title: 'ResNeXt bottleneck',
  origin: 'ResNeXt',
  help: 'A ResNet bottleneck whose 3x3 convolution is split into many groups, which allows more inner channels for the same work. Below a width of 256 it has fewer groups of the same width.',
  parameters: {
    width: widthSpec(256),
    stride: blockStrideSpec(1),
    groups: {
      type: 'integer',
      min: 1,
      max: 256,
      default: 32,
      title: 'Groups',
      help: 'Groups at a width of 256 and more.',
    },
    groupWidth: {
      type: 'integer',
      min: 1,
      max: 256,
      default: 4,
      title: 'Group width',
      help: 'Channels in a group at a width of 256; they grow with the width, as in torchvision (32x4d: 32 groups of 4).',
    },
  },
  widths: ANY_WIDTH,
  build(graph, parameters) {
    const width = numberOf(parameters, 'width')
    const layout = grouping(width, numberOf(parameters, 'groups'), numberOf(parameters, 'groupWidth'))
    return bottleneck(graph, { width, ...layout, stride: numberOf(parameters, 'stride') })
  },
})
