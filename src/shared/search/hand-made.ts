// A hand-made network of about the same cost as a found one, to stand beside it: the ResNets for small images (He et al. 2015, section
// 4.2, arXiv 1512.03385): three stages of n basic blocks at widths w, 2w, 4w; w is 16 there.
import { chainDocument, cifarStem, classifierHead, type ArchitectureDocument } from '../architecture/document'
import { BUILT_IN_BLOCKS } from '../architecture/blocks'
import type { TensorShape } from '../architecture/layer'
import { prepareArchitecture } from '../architecture/prepared'

/** Depths of the paper's figure 6 (20 to 56 layers), and the two below for costs that it has no network for. */
const BLOCKS_OF_A_STAGE = [1, 2, 3, 5, 7, 9]
const WIDTHS = [4, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 64]

function resnet(blocks: number, width: number, inputShape: TensorShape, classes: number): ArchitectureDocument {
  const stages = [1, 2, 4].flatMap((times, stage) =>
    Array.from({ length: blocks }, (_, index) => ({
      block: 'resnet-basic',
      parameters: { width: times * width, stride: stage > 0 && index === 0 ? 2 : 1 },
    })),
  )
  const name = `ResNet-${6 * blocks + 2}, ${width} wide`
  return chainDocument({ name, inputShape, classes, stem: cifarStem(width), blocks: stages, head: classifierHead() })
}

export interface HandMade {
  readonly document: ArchitectureDocument
  readonly name: string
  /** Multiply-accumulates for one image. */
  readonly macs: number
}

/** The one of them whose multiply-accumulates are nearest, by their ratio; of equals the deepest of the paper's width. */
export function handMadeNetwork(macs: number, inputShape: TensorShape, classes: number): HandMade {
  let best: HandMade | undefined
  const distance = (cost: number): number => Math.abs(Math.log(cost / Math.max(1, macs)))
  for (const blocks of BLOCKS_OF_A_STAGE)
    for (const width of WIDTHS) {
      const document = resnet(blocks, width, inputShape, classes)
      const { cost } = prepareArchitecture(document, BUILT_IN_BLOCKS)
      if (best === undefined || distance(cost.macs) < distance(best.macs))
        best = { document, name: `ResNet-${6 * blocks + 2}, ${width} wide`, macs: cost.macs }
    }
  if (best === undefined) throw new Error('there are no hand-made networks')
  return best
}
