// Drives a strategy as the engine does, without an engine: propose, evaluate in any order, file in trial order.
import { createRandom } from '../../random'
import type { Genotype, Space } from '../../spaces/space'
import type { Member, Proposal, Strategy, StrategyContext } from '../strategy'
import { createRandomReconstructor } from './random-reconstructor'

export interface SimulationOptions {
  readonly space: Space
  readonly fitness: (genotype: Genotype) => number | undefined
  readonly populationSize: number
  readonly generations: number
  readonly seed?: number
  readonly seeds?: readonly Genotype[]
  /** Seed of the order in which evaluations finish; it must not matter. */
  readonly completionSeed?: number
  readonly rates?: StrategyContext['rates']
}

/** Paper: crossover 0.9, mutation 0.3, elimination 0.4. */
const PAPER_RATES = { crossover: 0.9, mutation: 0.3, elimination: 0.4 }

export function contextFor(options: SimulationOptions, history: readonly (readonly Member[])[]): StrategyContext {
  return {
    space: options.space,
    populationSize: options.populationSize,
    generations: options.generations,
    history,
    random: createRandom(options.seed ?? 1).fork(`generation-${history.length}`),
    seeds: options.seeds ?? [],
    reconstructor: createRandomReconstructor(options.space),
    rates: options.rates ?? PAPER_RATES,
  }
}

export interface Simulation {
  readonly proposals: readonly (readonly Proposal[])[]
  readonly history: readonly (readonly Member[])[]
}

/** All generations from an empty history, or from `resumed`. */
export async function simulate(
  strategy: Strategy,
  options: SimulationOptions,
  resumed: readonly (readonly Member[])[] = [],
): Promise<Simulation> {
  const history = [...resumed]
  const proposals: (readonly Proposal[])[] = []
  const completion = createRandom(options.completionSeed ?? 0)
  while (history.length < options.generations) {
    const proposed = await strategy.propose(contextFor(options, history))
    const firstId = 1 + history.flat().length
    const results = new Map<number, number | undefined>()
    for (const slot of completion.shuffle(proposed.map((_, i) => i)))
      results.set(slot, options.fitness(proposed[slot]!.genotype))
    proposals.push(proposed)
    history.push(
      proposed.map(({ genotype }, slot) => ({ trialId: firstId + slot, genotype, fitness: results.get(slot) })),
    )
  }
  return { proposals, history }
}

/** Highest fitness of all generations up to each one. */
export function bestSoFar(history: Simulation['history']): number[] {
  let best = Number.NEGATIVE_INFINITY
  return history.map((generation) => {
    for (const { fitness } of generation) best = Math.max(best, fitness ?? Number.NEGATIVE_INFINITY)
    return best
  })
}
