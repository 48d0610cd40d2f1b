// Random chains: length, places of down-sampling, blocks and widths are drawn, and chains over the cost limits are drawn
// again. The distribution and its measured shape are in docs/decisions/011-chain-sampling.md.
import { AppError } from '../../errors'
import { figure } from '../../figures'
import type { Random } from '../../random'
import type { BlockChoice, ChainContext } from './context'
import { chainGenotype, type ChainGene, type ChainGenotype, type WidthRatio } from './genotype'
import { repairChain, repairShapes } from './repair'
import type { Walker } from './walk'

/** Draws of the same length before the last one is repaired down; at the default limits two in three draws fit. */
const DRAWS_PER_LENGTH = 40
/** Lengths tried before the limits are called impossible. */
const LENGTHS = 20
/** Chance that the width doubles where the map is halved (ResNet and RegNet do it nearly always). */
const DOUBLES_AT_STRIDE = 0.75
/** Chance that a width changes elsewhere, and that it then grows: widths of published networks rise with depth. */
const CHANGES_ELSEWHERE = 0.2
const GROWS = 2 / 3

function widthFor(choice: BlockChoice, isStrided: boolean, random: Random): WidthRatio {
  if (!choice.hasWidth) return 1
  if (isStrided) return random.chance(DOUBLES_AT_STRIDE) ? 2 : 1
  if (!random.chance(CHANGES_ELSEWHERE)) return 1
  return random.chance(GROWS) ? 2 : 0.5
}

/** Number of halvings that leave the map at its least size or above. */
function maxDownSamplings(context: ChainContext): number {
  let size = Math.min(context.inputShape[0], context.inputShape[1])
  let count = 0
  while (Math.ceil(size / 2) >= context.minSize && size > 1) {
    size = Math.ceil(size / 2)
    count++
  }
  return count
}

function draw(length: number, context: ChainContext, random: Random): ChainGene[] {
  const all = [...context.choices.values()]
  const strided = all.filter((choice) => choice.hasStride)
  const wanted = strided.length === 0 ? 0 : random.integer(Math.min(maxDownSamplings(context), length) + 1)
  const places = new Set(random.shuffle(Array.from({ length }, (_, i) => i)).slice(0, wanted))
  return Array.from({ length }, (_, i) => {
    const isStrided = places.has(i)
    const choice = random.choice(isStrided ? strided : all)
    return { block: choice.name, width: widthFor(choice, isStrided, random), stride: isStrided ? 2 : 1 }
  })
}

/**
 * A random chain inside the space; its length is uniform over the allowed ones where the cost limits permit.
 * @throws AppError `invalid-input` when no chain was found within a bounded number of draws.
 */
export function randomChain(context: ChainContext, walker: Walker, random: Random): ChainGenotype {
  const { minBlocks, maxBlocks, maxMacs, maxParameters } = context.definition
  for (let i = 0; i < LENGTHS; i++) {
    const length = minBlocks + random.integer(maxBlocks - minBlocks + 1)
    let last: ChainGene[] | undefined
    for (let j = 0; j < DRAWS_PER_LENGTH; j++) {
      const genes = repairShapes(draw(length, context, random), walker)
      if (genes === undefined) continue
      last = genes
      const { macs, weights } = walker.walk(genes)
      if (macs <= maxMacs && weights <= maxParameters) return chainGenotype(genes)
    }
    const repaired = last === undefined ? undefined : repairChain(last, context, walker)
    if (repaired !== undefined) return chainGenotype(repaired)
  }
  throw new AppError(
    'invalid-input',
    `No chain of ${minBlocks} to ${maxBlocks} blocks was found within ${figure(maxMacs)} multiply-accumulates and ${figure(maxParameters)} parameters.`,
    'Raise these limits, allow shorter chains, or allow cheaper blocks.',
  )
}
