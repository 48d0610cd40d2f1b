// Wide-ResNet's Bottleneck (Zagoruyko and Komodakis 2016; torchvision 0.11): a ResNet bottleneck with a wider middle.
import { numberOf } from '../catalogue/parameter-values'
import { bottleneck } from './bottleneck'
import { ANY_WIDTH, blockStrideSpec, defineBlock, widthSpec } from './define-block'

/** Output width over the inner width of a plain bottleneck. */
const EXPANSION = 4

export const wideResnetBottleneck = defineBlock({
  name: 'wide-resnet-bottleneck',
  title: 'Wide-ResNet bottleneck',
  origin: 'Wide-ResNet',
  help: 'A ResNet bottleneck whose 3x3 convolution is twice as wide. More weights and work in fewer layers, which runs well on a GPU.',
  parameters: {
    width: widthSpec(256),
    stride: blockStrideSpec(1),
    widening: {
      type: 'integer',
      min: 1,
      max: 16,
      default: 2,
      title: 'Widening',
      help: 'Inner width over that of a plain bottleneck.',
    },
  },
  widths: ANY_WIDTH,
  build(graph, parameters) {
    const width = numberOf(parameters, 'width')
    const inner = Math.max(1, Math.round((width / EXPANSION) * numberOf(parameters, 'widening')))
    return bottleneck(graph, { width, inner, stride: numberOf(parameters, 'stride') })
  },
})
