// What bench:gpu trains: on a card the sizes that the issue of it names, on a processor the same networks made small.
import { BUILT_IN_BLOCKS } from '../../src/shared/architecture/blocks'
import { chainDocument, cifarStem, classifierHead } from '../../src/shared/architecture/document'
import { expandDocument } from '../../src/shared/architecture/expand'
import type { LayerGraph } from '../../src/shared/architecture/layer'
import { CLASSES, INPUT, NETWORKS, resNet20 } from '../train/networks'

export interface GpuNetwork {
  readonly name: string
  readonly graph: LayerGraph
}

/** Ten basic blocks of one width, halved twice: what a long search trains most. */
function chain(width: number): LayerGraph {
  const blocks = Array.from({ length: 10 }, (_, i) => ({
    block: 'resnet-basic',
    parameters: { width, stride: i === 3 || i === 6 ? 2 : 1 },
  }))
  const parts = { inputShape: [...INPUT] as [number, number, number], classes: CLASSES, stem: cifarStem(width) }
  const document = chainDocument({ name: `Chain of width ${width}`, ...parts, blocks, head: classifierHead() })
  return expandDocument(document, BUILT_IN_BLOCKS).graph
}

/** The one of bench:train. */
const random = NETWORKS.find(({ name }) => name.startsWith('random chain'))?.graph ?? chain(8)

export const networksFor = (isCard: boolean): readonly GpuNetwork[] =>
  isCard
    ? [
        { name: 'ResNet-20 w16', graph: resNet20(16) },
        { name: 'chain w64', graph: chain(64) },
        { name: 'random chain', graph: random },
      ]
    : [
        { name: 'ResNet-20 w4', graph: resNet20(4) },
        { name: 'chain w4', graph: chain(4) },
        { name: 'random chain', graph: random },
      ]

export const batchesFor = (isCard: boolean): readonly number[] => (isCard ? [128, 512] : [16, 32])
