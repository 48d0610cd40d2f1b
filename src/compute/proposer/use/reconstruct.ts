// Refills emptied positions of block chains (GPT-NAS section III-E, Algorithm 1): from the left, the context is the prefix as
// already rebuilt, one block out and one block in. What the paper leaves open is settled in docs/proposer.md.
import { blockNames, chainTokens, windowBeforeBlock } from '@shared/language'
import type { BlockLibrary } from '@shared/architecture/block'
import { AppError } from '@shared/errors'
import { createRandom, type Random } from '@shared/random'
import type { BlockChainSpace, ChainGenotype } from '@shared/spaces/block-chain/space'
import { likelihoods } from './likelihood'
import type { Proposals } from './proposals'

export interface ChainRequest {
  readonly genotype: ChainGenotype
  /** Ascending. */
  readonly positions: readonly number[]
  readonly seed: number
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

/** How a chain goes on when `name` stands at the position, and how probable that is before the space has its say. */
interface Candidate {
  readonly name: string
  readonly genotype: ChainGenotype
  readonly weight: number
}

/** Runners-up that are reported beside the chosen block. */
const ALTERNATIVES = 3

interface Draft {
  genotype: ChainGenotype
  readonly choices: Choice[]
  readonly random: Random
  readonly positions: readonly number[]
}

/** @throws AppError `invalid-architecture` for a chain outside the space or a position that it does not have. */
function begin({ genotype, positions, seed }: ChainRequest, space: BlockChainSpace): Draft {
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
  return { genotype, choices: [], random: createRandom(seed).fork('reconstruct'), positions }
}

/** Every block that may stand at the position, with its unnormalised probability; all drafts at once. */
function candidatesOf(
  waiting: readonly { readonly draft: Draft; readonly position: number }[],
  proposals: Proposals,
  space: BlockChainSpace,
  library: BlockLibrary,
): Candidate[][] {
  const windows = waiting.map(({ draft, position }) =>
    windowBeforeBlock(chainTokens(draft.genotype, space, library), position),
  )
  const predicted = proposals.nextBlocks(windows)
  return waiting.map(({ draft, position }, i) => {
    const allowed = space.names().flatMap((name) => {
      const genotype = space.replaceAt(draft.genotype, position, name)
      return genotype === undefined ? [] : [{ name, genotype }]
    })
    const unclassified = allowed.filter(({ name }) => !blockNames.includes(name))
    const scores = likelihoods(
      unclassified.map(({ genotype }) => {
        const tokens = chainTokens(genotype, space, library)
        return {
          before: [...tokens.stem, ...tokens.blocks.slice(0, position).flat()],
          block: tokens.blocks[position]!,
        }
      }),
      proposals,
    )
    return allowed.map(({ name, genotype }) => {
      const label = blockNames.indexOf(name)
      const weight =
        label >= 0 ? predicted[i]!.blocks[label]! : scores[unclassified.findIndex((one) => one.name === name)]!
      return { name, genotype, weight }
    })
  })
}

function choose(candidates: readonly Candidate[], position: number, draft: Draft): void {
  const total = candidates.reduce((sum, { weight }) => sum + weight, 0)
  // Temperature 1: blocks are drawn as probable as they are predicted.
  let place = draft.random.next() * total
  const chosen = candidates.find(({ weight }) => (place -= weight) < 0) ?? candidates[candidates.length - 1]
  if (chosen === undefined)
    throw new AppError('internal', `No block of the space can stand at position ${position + 1} of the chain.`)
  draft.genotype = chosen.genotype
  const alternatives = candidates
    .filter((candidate) => candidate !== chosen)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, ALTERNATIVES)
    .map(({ name, weight }) => ({ name, probability: weight / total }))
  draft.choices.push({ position, chosen: chosen.name, probability: chosen.weight / total, alternatives })
}

/**
 * Rebuilds every chain at its positions; all chains' first positions go through the GPT together, then all second ones.
 * The result is a function of checkpoint, space and requests.
 * @throws AppError `invalid-architecture`, `invalid-input` as `begin`
 */
export function reconstructChains(
  proposals: Proposals,
  space: BlockChainSpace,
  library: BlockLibrary,
  requests: readonly ChainRequest[],
): RebuiltChain[] {
  const drafts = requests.map((request) => begin(request, space))
  const rounds = Math.max(0, ...drafts.map(({ positions }) => positions.length))
  for (let round = 0; round < rounds; round++) {
    const waiting = drafts.flatMap((draft) => {
      const position = draft.positions[round]
      return position === undefined ? [] : [{ draft, position }]
    })
    const candidates = candidatesOf(waiting, proposals, space, library)
    waiting.forEach(({ draft, position }, i) => choose(candidates[i]!, position, draft))
  }
  return drafts.map(({ genotype, choices }) => ({ genotype, choices }))
}
