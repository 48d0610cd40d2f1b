// Drives a strategy as the engine does, without an engine: propose, evaluate in any order, file in trial order.
import { createRandom } from '../../random'
import type { Genotype, Space } from '../../spaces/space'
import type { InContextLearner } from '../../surrogate/in-context/learner'
import {
  generationContext,
  type ChainJudge,
  type GraphJudge,
  type Member,
  type Proposal,
  type Reconstructor,
  type Strategy,
  type StrategyContext,
} from '../strategy'
import { createRandomReconstructor } from '../random-reconstructor'

export interface SimulationOptions {
  readonly space: Space
  readonly fitness: (genotype: Genotype) => number | undefined
  readonly populationSize: number
  readonly generations: number
  readonly seed?: number
  readonly seeds?: readonly Genotype[]
  /** Seed of the order in which evaluations finish; it must not matter. */
  readonly completionSeed?: number
  /** Stands for the proposer; left out, blocks are drawn at random. */
  readonly reconstructor?: Reconstructor
  /** Stands for the relational GPT; left out, there is none. */
  readonly judge?: GraphJudge
  /** Stands for the in-context learner; left out, there is none. */
  readonly learner?: InContextLearner
  /** Stands for the judge of chains; left out, there is none. */
  readonly chains?: ChainJudge
  /** What differs from the defaults of the strategy's own parameters; what it does not have is left out. */
  readonly own?: Readonly<Record<string, unknown>>
}

export function contextFor(options: SimulationOptions, history: readonly (readonly Member[])[]): StrategyContext {
  return generationContext({
    space: options.space,
    populationSize: options.populationSize,
    generations: options.generations,
    history,
    seed: options.seed ?? 1,
    seeds: options.seeds ?? [],
    reconstructor: options.reconstructor ?? createRandomReconstructor(options.space),
    ...(options.judge !== undefined && { judge: options.judge }),
    ...(options.learner !== undefined && { learner: options.learner }),
    ...(options.chains !== undefined && { chains: options.chains }),
  })
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
  const own = strategy.schema.parse({ ...options.own, name: strategy.name })
  const completion = createRandom(options.completionSeed ?? 0)
  while (history.length < options.generations) {
    const proposed = await strategy.propose(contextFor(options, history), own)
    const firstId = 1 + history.flat().length
    const results = new Map<number, number | undefined>()
    for (const slot of completion.shuffle(proposed.map((_, i) => i)))
      results.set(slot, options.fitness(proposed[slot]!.genotype))
    proposals.push(proposed)
    history.push(
      proposed.map(({ genotype, origin }, slot) => ({
        trialId: firstId + slot,
        genotype,
        origin,
        fitness: results.get(slot),
      })),
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
