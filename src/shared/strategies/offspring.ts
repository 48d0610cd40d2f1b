// One generation of offspring: parents by binary tournament, one-point crossover and mutation at their rates, as CNN-GA
// does (Sun et al. 2020, Algorithm 3); the paper of GPT-NAS gives the rates (0.9 and 0.3) and leaves the rest open.
import { z } from 'zod'
import { setting } from '../search/settings'
import { isMultiObjective, survivors } from './crowded'
import { bestMember, eliteProposals, parentPool } from './elitism'
import { knownKeys, preferFresh } from './freshness'
import { initialPopulation, randomProposals } from './initial'
import type { Proposal, StrategyContext } from './strategy'
import { selectParents } from './tournament'
import type { Genotype } from '../spaces/space'

/** Rates of the paper; CNN-GA has 0.9 and 0.2. */
export const breedingParameters = {
  crossoverRate: setting(z.number().min(0).max(1).default(0.9), {
    description: 'Chance that two parents exchange parts.',
    kind: 'percent',
    paper: 0.9,
  }),
  mutationRate: setting(z.number().min(0).max(1).default(0.3), {
    description: 'Chance that a child is changed in one place.',
    kind: 'percent',
    paper: 0.3,
  }),
}
export interface BreedingRates {
  readonly crossoverRate: number
  readonly mutationRate: number
}

/** Two children of two parents; a child that neither operator touched is a copy. */
function breed(
  { space }: StrategyContext,
  rates: BreedingRates,
  pool: ReturnType<typeof parentPool>,
  random: StrategyContext['random'],
): Proposal[] {
  const [father, mother] = selectParents(pool, random)
  const crossover = father.trialId !== mother.trialId && random.chance(rates.crossoverRate)
  const children: readonly Genotype[] = crossover
    ? space.crossover(father.genotype, mother.genotype, random)
    : [father.genotype, mother.genotype]
  return children.map((child, i) => {
    const mutation = random.chance(rates.mutationRate)
    const parents = crossover ? [father.trialId, mother.trialId] : [(i === 0 ? father : mother).trialId]
    return {
      genotype: mutation ? space.mutate(child, random) : child,
      origin: { operator: 'offspring', parents, crossover, mutation, reconstructed: [] },
    }
  })
}

/**
 * The whole next generation of the genetic algorithm: the elite, then offspring. The first one, and any after nothing but failures, is
 * random. Under several objectives parents are NSGA-II's survivors, and there is no elite: they live on without being proposed again.
 */
export function nextGeneration(context: StrategyContext, rates: BreedingRates): Proposal[] {
  if (context.history.length === 0) return initialPopulation(context)
  if (bestMember(context.history) === undefined) return randomProposals(context, context.populationSize)
  const isMulti = isMultiObjective(context.history.flat())
  const elite = isMulti ? [] : eliteProposals(context.history, context.populationSize)
  const pool = isMulti ? survivors(context.history, context.populationSize) : parentPool(context.history)
  const random = context.random.fork('offspring')
  const offspring = preferFresh(
    context.populationSize - elite.length,
    knownKeys(context),
    (proposal) => context.space.canonicalKey(proposal.genotype),
    () => breed(context, rates, pool, random),
  )
  return [...elite, ...offspring]
}
