// ShuffleNetV2's InvertedResidual (Ma et al. 2018; torchvision 0.11): half the channels pass, the other half is filtered,
// a shuffle mixes them. Where size or width changes, both halves are filtered from the whole input.
import { AppError } from '../../errors'
import { numberOf } from '../catalogue/parameter-values'
import { INPUT_ID } from '../layer'
import { blockStrideSpec, defineBlock, widthSpec } from './define-block'
import { convNorm, depthwiseNorm } from './parts'

export const shufflenetInvertedResidual = defineBlock({
  name: 'shufflenet-inverted-residual',
  title: 'ShuffleNet block',
  origin: 'ShuffleNet',
  help: 'Splits the channels, filters one half with a depthwise convolution between two 1x1 convolutions, and shuffles both halves together. Made for phones: fast even where memory is slow. The width must be even.',
  parameters: { width: widthSpec(116), stride: blockStrideSpec(1) },
  widths: { min: 2, multiple: 2 },
  build(graph, parameters) {
    const width = numberOf(parameters, 'width')
    const stride = numberOf(parameters, 'stride')
    if (width % 2 !== 0) {
      throw new AppError(
        'invalid-architecture',
        `Block shufflenet-inverted-residual: the width must be even, received ${width}.`,
        `Use ${width + 1}.`,
      )
    }
    const half = width / 2
    const isPassing = stride === 1 && graph.channelsOf(INPUT_ID) === width
    const part = (id: string, index: number): string => graph.layer(id, 'split', { parts: 2, part: index })
    const kept = isPassing ? part('kept', 0) : sizeChanging()
    const from = isPassing ? part('filtered', 1) : INPUT_ID
    const first = convNorm(graph, 'first', from, { channels: half, activation: 'relu' })
    const filtered = depthwiseNorm(graph, 'depthwise', first, { kernel: 3, stride })
    const last = convNorm(graph, 'last', filtered, { channels: half, activation: 'relu' })
    const joined = graph.layer('concatenate', 'concatenate', {}, [kept, last])
    return graph.layer('shuffle', 'channel-shuffle', { groups: 2 }, joined)

    function sizeChanging(): string {
      const spatial = depthwiseNorm(graph, 'other-depthwise', INPUT_ID, { kernel: 3, stride })
      return convNorm(graph, 'other', spatial, { channels: half, activation: 'relu' })
    }
  },
})
