// Refills emptied positions of block chains (GPT-NAS section III-E, Algorithm 1): from the left, the context is the prefix as
// already rebuilt, one block out and one block in. What the paper leaves open is settled in docs/proposer.md.
import { chainTokens, windowBeforeBlock } from '@shared/language'
import { AppError } from '@shared/errors'
import { createRandom, type Random } from '@shared/random'
import type { BlockChainSpace, ChainGenotype } from '@shared/spaces/block-chain/space'
import {
  mostProbable,
  totalWeight,
  weighBlocks,
  type AllowedBlock,
  type BlockPlace,
  type WeightedBlock,
} from './block-weights'
import type { ChainProposer } from './chain-proposer'
import type { Sentence } from './likelihood'

export interface ChainRequest {
  readonly genotype: ChainGenotype
  /** Ascending. */
  readonly positions: readonly number[]
  readonly seed: number
  /** Above 0; left out, 1. */
  readonly temperature?: number
}

export interface Choice {
  readonly position: number
  readonly chosen: string
  readonly probability: number
  readonly alternatives: { readonly name: string; readonly probability: number }[]
}

export interface RebuiltChain {
  readonly genotype: ChainGenotype
  readonly choices: Choice[]
}

/** A block that may stand at the position, and how the chain goes on with it. */
interface Candidate extends AllowedBlock {
  readonly genotype: ChainGenotype
}

/** Runners-up that are reported beside the chosen block. */
const ALTERNATIVES = 3

interface Draft {
  genotype: ChainGenotype
  readonly choices: Choice[]
  readonly random: Random
  readonly positions: readonly number[]
  readonly temperature: number
}

/** @throws AppError `invalid-architecture` for a chain outside the space or a position that it does not have. */
function begin({ genotype, positions, seed, temperature = 1 }: ChainRequest, space: BlockChainSpace): Draft {
  const problem = space.problems(genotype)[0]
  if (problem !== undefined)
    throw new AppError('invalid-architecture', `A chain to rebuild must lie inside the space: ${problem}.`)
  const wrong = positions.find(
    (position, i) =>
      !Number.isInteger(position) ||
      position < 0 ||
      position >= genotype.blocks.length ||
      position <= (positions[i - 1] ?? -1),
  )
  if (wrong !== undefined)
    throw new AppError(
      'invalid-input',
      `Positions must rise and lie in [0, ${genotype.blocks.length}); received ${positions.join(', ')}.`,
    )
  return { genotype, choices: [], random: createRandom(seed).fork('reconstruct'), positions, temperature }
}

/** What stands before the position, and every block that the space allows there. */
function placeOf(genotype: ChainGenotype, position: number, { space, library }: ChainProposer): BlockPlace<Candidate> {
  const sentenceIn = (chain: ChainGenotype): Sentence => {
    const { stem, blocks } = chainTokens(chain, space, library)
    return { before: [...stem, ...blocks.slice(0, position).flat()], block: blocks[position]! }
  }
  return {
    window: windowBeforeBlock(chainTokens(genotype, space, library), position),
    allowed: space.names().flatMap((block) => {
      const replaced = space.replaceAt(genotype, position, block)
      return replaced === undefined ? [] : [{ block, genotype: replaced, sentence: () => sentenceIn(replaced) }]
    }),
  }
}

/** At 1 blocks are drawn as probable as they are predicted; what they are drawn with is what is told. */
function tempered(
  blocks: readonly WeightedBlock<Candidate>[],
  temperature: number,
): readonly WeightedBlock<Candidate>[] {
  if (temperature === 1) return blocks
  const most = Math.max(...blocks.map(({ weight }) => weight), Number.MIN_VALUE)
  return blocks.map((block) => ({ ...block, weight: (block.weight / most) ** (1 / temperature) }))
}

function choose(predicted: readonly WeightedBlock<Candidate>[], position: number, draft: Draft): void {
  const candidates = tempered(predicted, draft.temperature)
  const total = totalWeight(candidates)
  let place = draft.random.next() * total
  const chosen = candidates.find(({ weight }) => (place -= weight) < 0) ?? candidates[candidates.length - 1]
  if (chosen === undefined)
    throw new AppError('internal', `No block of the space can stand at position ${position + 1} of the chain.`)
  draft.genotype = chosen.genotype
  const others = candidates.filter((candidate) => candidate !== chosen)
  const alternatives = mostProbable(others, total, ALTERNATIVES).map(({ block: name, probability }) => ({
    name,
    probability,
  }))
  draft.choices.push({ position, chosen: chosen.block, probability: chosen.weight / total, alternatives })
}

/**
 * Rebuilds every chain at its positions; all chains' first positions go through the GPT together, then all second ones.
 * The result is a function of checkpoint, space and requests.
 * @throws AppError `invalid-architecture`, `invalid-input` as `begin`
 */
export function reconstructChains(proposer: ChainProposer, requests: readonly ChainRequest[]): RebuiltChain[] {
  const drafts = requests.map((request) => begin(request, proposer.space))
  const rounds = Math.max(0, ...drafts.map(({ positions }) => positions.length))
  for (let round = 0; round < rounds; round++) {
    const waiting = drafts.flatMap((draft) => {
      const position = draft.positions[round]
      return position === undefined ? [] : [{ draft, position }]
    })
    const places = waiting.map(({ draft, position }) => placeOf(draft.genotype, position, proposer))
    const candidates = weighBlocks(proposer.proposals, places)
    waiting.forEach(({ draft, position }, i) => choose(candidates[i]!, position, draft))
  }
  return drafts.map(({ genotype, choices }) => ({ genotype, choices }))
}
