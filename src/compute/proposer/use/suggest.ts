// What the editor offers next: blocks that could stand at a position, given only the blocks before it.
import { blockDefinition } from '@shared/architecture/blocks'
import type { BlockLibrary } from '@shared/architecture/block'
import { AppError } from '@shared/errors'
import { blockNames, cachedBlockTokens, stemTokens, windowBefore } from '@shared/language'
import type { BlockChainSpace, ChainGenotype } from '@shared/spaces/block-chain/space'
import type { Proposals } from './proposals'
import { likelihoods } from './likelihood'

export interface Suggestion {
  readonly block: string
  readonly probability: number
}

/**
 * Most probable first; probabilities are over the blocks that fit the shape there, each with the sizes of what stands at the
 * position now, or keeping width and map. The chain behind the position is not looked at.
 * @param position 0 to the chain's length
 * @throws AppError `invalid-input` for another position, `invalid-architecture` when the blocks before it do not fit
 */
export function suggestBlocks(
  proposals: Proposals,
  space: BlockChainSpace,
  library: BlockLibrary,
  genotype: ChainGenotype,
  position: number,
  count: number,
): Suggestion[] {
  if (position > genotype.blocks.length)
    throw new AppError(
      'invalid-input',
      `A chain of ${genotype.blocks.length} blocks has positions 0 to ${genotype.blocks.length}, received ${position}.`,
    )
  const prefix = genotype.blocks.slice(0, position)
  const { steps, problem } = space.walk({ ...genotype, blocks: prefix })
  if (problem !== undefined)
    throw new AppError('invalid-architecture', `Block ${problem.position + 1} of the chain: ${problem.reason}.`)
  const shapes = [space.stem, ...steps.map(({ output }) => output)]
  const before = [
    ...stemTokens(space.inputShape[2]!, space.stem[2]!),
    ...prefix.flatMap(({ block }, i) =>
      cachedBlockTokens(blockDefinition(library, block), steps[i]!.parameters, shapes[i]!),
    ),
  ]
  const shape = shapes[position]!
  const { width, stride } = genotype.blocks[position] ?? { width: 1, stride: 1 }
  const fitting = space.names().flatMap((block) => {
    const genes = [{ block, width, stride } as const, { block, width: 1, stride: 1 } as const]
    for (const gene of genes) {
      const step = space.step(shape, gene)
      if (!('reason' in step)) return [{ block, parameters: step.parameters }]
    }
    return []
  })
  const predicted = proposals.nextBlocks([windowBefore(before, before.length)])[0]!.blocks
  const own = fitting.filter(({ block }) => !blockNames.includes(block))
  const scores = likelihoods(
    own.map(({ block, parameters }) => ({
      before,
      block: cachedBlockTokens(blockDefinition(library, block), parameters, shape),
    })),
    proposals,
  )
  const weighted = fitting.map(({ block }) => {
    const label = blockNames.indexOf(block)
    return { block, weight: label >= 0 ? predicted[label]! : scores[own.findIndex((one) => one.block === block)]! }
  })
  const total = weighted.reduce((sum, { weight }) => sum + weight, 0)
  return weighted
    .sort((a, b) => b.weight - a.weight)
    .slice(0, count)
    .map(({ block, weight }) => ({ block, probability: weight / total }))
}
