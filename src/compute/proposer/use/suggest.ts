// What the editor offers next: blocks that could stand at a position, given only the blocks before it.
import { blockDefinition } from '@shared/architecture/blocks'
import { AppError } from '@shared/errors'
import { cachedBlockTokens, stemTokens, windowBefore } from '@shared/language'
import type { ChainGenotype } from '@shared/spaces/block-chain/space'
import { mostProbable, totalWeight, weighBlocks, type AllowedBlock } from './block-weights'
import type { ChainProposer } from './chain-proposer'

export interface SuggestionRequest {
  /** Only what stands before the position has to fit. */
  readonly genotype: ChainGenotype
  /** 0 to the chain's length. */
  readonly position: number
  /** Most suggestions. */
  readonly count: number
}

export interface Suggestion {
  readonly block: string
  readonly probability: number
}

/** The layers before a position and the shape that they hand on. @throws AppError as `suggestBlocks` */
function prefixOf({ genotype, position }: SuggestionRequest, { space, library }: ChainProposer) {
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
    ...stemTokens(space.inputShape[2], space.stem[2]),
    ...prefix.flatMap(({ block }, i) =>
      cachedBlockTokens(blockDefinition(library, block), steps[i]!.parameters, shapes[i]!),
    ),
  ]
  return { before, shape: shapes[position]! }
}

/**
 * Most probable first; probabilities are over the blocks that fit the shape there, each with the sizes of what stands at the
 * position now, or keeping width and map. The chain behind the position is not looked at.
 * @throws AppError `invalid-input` for another position, `invalid-architecture` when the blocks before it do not fit
 */
export function suggestBlocks(proposer: ChainProposer, request: SuggestionRequest): Suggestion[] {
  const { proposals, space, library } = proposer
  const { before, shape } = prefixOf(request, proposer)
  const { width, stride } = request.genotype.blocks[request.position] ?? { width: 1, stride: 1 }
  const allowed = space.names().flatMap((block): AllowedBlock[] => {
    for (const gene of [{ block, width, stride } as const, { block, width: 1, stride: 1 } as const]) {
      const step = space.step(shape, gene)
      if ('reason' in step) continue
      const tokens = () => cachedBlockTokens(blockDefinition(library, block), step.parameters, shape)
      return [{ block, sentence: () => ({ before, block: tokens() }) }]
    }
    return []
  })
  const window = windowBefore(before, before.length)
  const blocks = weighBlocks(proposals, [{ window, allowed }])[0]!
  return mostProbable(blocks, totalWeight(blocks), request.count)
}
