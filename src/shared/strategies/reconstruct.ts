// Reconstruction (GPT-NAS section III-E, Algorithm 1): each block of an offspring is eliminated with a rate that falls
// over the generations, and a Reconstructor fills the gaps. Which blocks go is decided here; what comes is its affair.
import { z } from 'zod'
import { AppError } from '../errors'
import { setting } from '../search/settings'
import { knownKeys } from './freshness'
import type { Proposal, Reconstruction, ReconstructionRequest, Reconstructor, StrategyContext } from './strategy'

/** Rounds for a proposal that comes back as a known architecture: later rounds draw other places and another seed. */
const ROUNDS = 3

export const eliminationParameters = {
  eliminationRate: setting(z.number().min(0).max(1).default(0.4), {
    description: 'Share of the blocks that is replaced in the first generation; it falls linearly to 0 at the end.',
    kind: 'percent',
    paper: 0.4,
  }),
}

/** Rate at generation t of T: initial (1 - t/T), t = 0..T-1 (paper: 0.4 falling linearly to 0). */
export function eliminationRate(initial: number, generation: number, generations: number): number {
  return Math.max(0, initial * (1 - generation / generations))
}

function chosenPositions(count: number, rate: number, random: StrategyContext['random']): number[] {
  return Array.from({ length: count }, (_, i) => i).filter(() => random.chance(rate))
}

function withReconstruction(proposal: Proposal, result: Reconstruction, context: StrategyContext): Proposal {
  // The proposer knows the space, not what a search allows: what it makes too large stays as it was.
  if (context.space.exceeds?.(result.genotype) != null) return proposal
  const problems = context.space.problems(result.genotype)
  if (problems.length > 0)
    throw new AppError(
      'internal',
      `The proposer rebuilt an architecture that is outside the space ${context.space.name}: ${problems[0]}`,
      'Report this with the run; the strategies ga and random do not use the proposer.',
    )
  const reconstructed = result.choices.map((choice) => ({
    position: choice.position,
    removed: context.space.nameAt(proposal.genotype, choice.position),
    chosen: choice.chosen,
    probability: choice.probability,
    alternatives: choice.alternatives.map((alternative) => ({ ...alternative })),
  }))
  return { genotype: result.genotype, origin: { ...proposal.origin, reconstructed } }
}

/**
 * The same proposals in the same order, each but the elite and the user's seeds rebuilt at random places. An
 * architecture that is already known is rebuilt again, a bounded number of times.
 */
export async function reconstructAll(
  proposals: readonly Proposal[],
  context: StrategyContext,
  reconstructor: Reconstructor,
  own: { readonly eliminationRate: number },
  asked: Pick<ReconstructionRequest, 'temperature' | 'proposer'> = {},
): Promise<Proposal[]> {
  const { space } = context
  const rate = eliminationRate(own.eliminationRate, context.history.length, context.generations)
  const result = [...proposals]
  const isOpen = (proposal: Proposal): boolean => !['elite', 'seed'].includes(proposal.origin.operator)
  const keys = knownKeys(context)
  for (const proposal of proposals) if (!isOpen(proposal)) keys.add(space.canonicalKey(proposal.genotype))
  let waiting = [...proposals.entries()].filter(([, proposal]) => isOpen(proposal))
  for (let round = 0; round < ROUNDS && waiting.length > 0; round++) {
    const drawn = waiting.map(([slot, proposal]) => {
      const random = context.random.fork(`reconstruct-${round}-${slot}`)
      const { genotype } = proposal
      const positions = chosenPositions(space.positions(genotype), rate, random)
      return {
        slot,
        proposal,
        request: { genotype, positions, seed: random.integer(2 ** 31), ...asked } satisfies ReconstructionRequest,
      }
    })
    const open = drawn.filter(({ request }) => request.positions.length > 0)
    const answers = open.length === 0 ? [] : await reconstructor.reconstruct(open.map(({ request }) => request))
    if (answers.length !== open.length)
      throw new Error(`the reconstructor answered ${answers.length} of ${open.length} requests`)
    const rebuilt = new Map(open.map(({ slot }, i) => [slot, answers[i]!]))
    const repeats: [number, Proposal][] = []
    for (const { slot, proposal } of drawn) {
      const answer = rebuilt.get(slot)
      const next = answer === undefined ? proposal : withReconstruction(proposal, answer, context)
      result[slot] = next
      const key = space.canonicalKey(next.genotype)
      if (keys.has(key)) repeats.push([slot, proposal])
      keys.add(key)
    }
    waiting = repeats
  }
  return result
}
