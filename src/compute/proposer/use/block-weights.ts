// How probable each block is that may stand at a place: what reconstruction draws from and what suggestions are ranked by.
// A block of the paper has its probability from GPT and classifier; one without a class, a user's own, the mean likelihood of
// its layers. Which blocks may stand there is the caller's affair.
import { blockNames } from '@shared/language'
import { likelihoods, type Sentence } from './likelihood'
import type { Proposals } from './proposals'

export interface AllowedBlock {
  readonly block: string
  /** Its layers and what stands before them; asked for only where the block has no class. */
  sentence(): Sentence
}

export interface BlockPlace<A extends AllowedBlock = AllowedBlock> {
  /** The last layers before the place, `[WINDOW_LAYERS]`. */
  readonly window: readonly number[]
  readonly allowed: readonly A[]
}

/** Not normalised: what the space does not allow at the place is missing from the sum. */
export type WeightedBlock<A extends AllowedBlock = AllowedBlock> = A & { readonly weight: number }

/** The allowed blocks of every place in their order; all places go through the networks together. */
export function weighBlocks<A extends AllowedBlock>(
  proposals: Proposals,
  places: readonly BlockPlace<A>[],
): WeightedBlock<A>[][] {
  const predicted = proposals.nextBlocks(places.map(({ window }) => window))
  return places.map(({ allowed }, i) => {
    const unclassified = allowed.filter(({ block }) => !blockNames.includes(block))
    const scores = likelihoods(
      unclassified.map((one) => one.sentence()),
      proposals,
    )
    const scoreOf = new Map(unclassified.map(({ block }, row) => [block, scores[row]!]))
    return allowed.map((one) => ({
      ...one,
      weight: scoreOf.get(one.block) ?? predicted[i]!.blocks[blockNames.indexOf(one.block)]!,
    }))
  })
}

export const totalWeight = (blocks: readonly WeightedBlock[]): number =>
  blocks.reduce((sum, { weight }) => sum + weight, 0)

/** The `count` most probable ones, most probable first. @param total what their weights are shares of */
export function mostProbable(
  blocks: readonly WeightedBlock[],
  total: number,
  count: number,
): { block: string; probability: number }[] {
  return [...blocks]
    .sort((a, b) => b.weight - a.weight)
    .slice(0, count)
    .map(({ block, weight }) => ({ block, probability: weight / total }))
}
