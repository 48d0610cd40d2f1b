// ResNet's Bottleneck (He et al. 2016; torchvision 0.11, variant 1.5 with the stride in the 3x3 convolution).
import { numberOf } from '../catalogue/parameter-values'
import { bottleneck } from './bottleneck'
import { ANY_WIDTH, blockStrideSpec, defineBlock, widthSpec } from './define-block'

export const resnetBottleneck = defineBlock({
  name: 'resnet-bottleneck',
  title: 'ResNet bottleneck',
  origin: 'ResNet',
  help: 'Narrows with a 1x1 convolution, filters with a 3x3, widens again and adds the input. The block of ResNet-50 and deeper; cheaper than two 3x3 convolutions at the same width.',
  parameters: {
    width: widthSpec(256),
    stride: blockStrideSpec(1),
    expansion: {
      type: 'integer',
      min: 1,
      max: 16,
      default: 4,
      title: 'Expansion',
      help: 'Output width over inner width.',
    },
  },
  widths: ANY_WIDTH,
  build(graph, parameters) {
    const width = numberOf(parameters, 'width')
    const inner = Math.max(1, Math.round(width / numberOf(parameters, 'expansion')))
    return bottleneck(graph, { width, inner, stride: numberOf(parameters, 'stride') })
  },
})
