// EfficientNet's mobile inverted bottleneck (Tan and Le 2019; torchvision 0.11 MBConv). Not one of the paper's 15 blocks:
// the zoo needs it to spell EfficientNet out.
import { numberOf } from '../catalogue/parameter-values'
import { INPUT_ID } from '../layer'
import { ANY_WIDTH, blockKernelSpec, blockStrideSpec, defineBlock, widthSpec } from './define-block'
import { convNorm, depthwiseNorm, squeezeExcitation } from './parts'
import { rateSpec } from '../catalogue/parameter-specs'

/** Squeezed channels are a quarter of the block's input, whatever the expansion. */
const SQUEEZE = 4

export const efficientnetMbconv = defineBlock({
  name: 'efficientnet-mbconv',
  title: 'MBConv',
  origin: 'EfficientNet',
  help: 'Widens with a 1x1 convolution, filters each channel on its own, weighs the channels, narrows again and adds the input where the shape allows. Very accurate for its weights; slow on processors that dislike depthwise convolutions.',
  parameters: {
    width: widthSpec(24),
    stride: blockStrideSpec(1),
    kernel: blockKernelSpec(3),
    expansion: {
      type: 'integer',
      min: 1,
      max: 16,
      default: 6,
      title: 'Expansion',
      help: 'Inner width over input width.',
    },
    dropRate: rateSpec(0, 'Stochastic depth', 'Share of the images for which the branch is dropped while training.'),
  },
  widths: ANY_WIDTH,
  build(graph, parameters) {
    const width = numberOf(parameters, 'width')
    const stride = numberOf(parameters, 'stride')
    const input = graph.channelsOf(INPUT_ID)
    const inner = input * numberOf(parameters, 'expansion')
    const wide =
      inner === input ? INPUT_ID : convNorm(graph, 'expand', INPUT_ID, { channels: inner, activation: 'silu' })
    const kernel = numberOf(parameters, 'kernel')
    const filtered = depthwiseNorm(graph, 'depthwise', wide, { kernel, stride, activation: 'silu' })
    const squeezed = Math.max(1, Math.floor(input / SQUEEZE))
    const scaled = squeezeExcitation(graph, 'gate', filtered, { squeezed, activation: 'silu' })
    const narrow = convNorm(graph, 'project', scaled, { channels: width })
    if (stride !== 1 || input !== width) return narrow
    const rate = numberOf(parameters, 'dropRate')
    const branch = rate > 0 ? graph.layer('drop', 'stochastic-depth', { rate }, narrow) : narrow
    return graph.layer('add', 'add', {}, [branch, INPUT_ID])
  },
})
