// The initial population: the user's designed networks first, then random architectures. The same seed gives every
// strategy the same one, so that a comparison of two strategies starts from equal ground.
import { knownKeys, preferFresh } from './freshness'
import type { Proposal, StrategyContext } from './strategy'

const UNTOUCHED = { parents: [], crossover: false, mutation: false, reconstructed: [] }

/** `count` random architectures, fresh where the space still has fresh ones. */
export function randomProposals(context: StrategyContext, count: number, keys = knownKeys(context)): Proposal[] {
  const random = context.random.fork('initial')
  return preferFresh(
    count,
    keys,
    (proposal) => context.space.canonicalKey(proposal.genotype),
    () => [{ genotype: context.space.random(random), origin: { operator: 'random', ...UNTOUCHED } }],
  )
}

/** Seeds beyond the population size are left out, in their order. */
export function initialPopulation(context: StrategyContext): Proposal[] {
  const seeds = context.seeds
    .slice(0, context.populationSize)
    .map((genotype): Proposal => ({ genotype, origin: { operator: 'seed', ...UNTOUCHED } }))
  const keys = new Set(seeds.map((proposal) => context.space.canonicalKey(proposal.genotype)))
  return [...seeds, ...randomProposals(context, context.populationSize - seeds.length, keys)]
}
