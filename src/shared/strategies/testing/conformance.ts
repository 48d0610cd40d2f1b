// What every strategy must do, whatever the space: run from a test file with the strategy and a space to search.
import { describe, expect, it } from 'vitest'
import type { Genotype, Space } from '../../spaces/space'
import { originSchema } from '../../search/trial'
import type { InContextLearner } from '../../surrogate/in-context/learner'
import { initialPopulation } from '../initial'
import type { ChainJudge, GraphJudge, Strategy } from '../strategy'
import { bestSoFar, contextFor, simulate, type Simulation, type SimulationOptions } from './simulate'

export interface Landscape {
  readonly name: string
  readonly space: Space
  readonly fitness: (genotype: Genotype) => number | undefined
  /** Given to strategies that ask one; they then begin where it says. */
  readonly judge?: GraphJudge
  readonly learner?: InContextLearner
  readonly chains?: ChainJudge
}

export function describeStrategy(
  strategy: Strategy,
  { name, space, fitness, judge, learner, chains }: Landscape,
): void {
  // Of a surrogate: enough candidates to choose from, few enough to be made anew for each of these small searches.
  const own = { candidates: 40, randomFirst: 8 }
  const options: SimulationOptions = {
    space,
    fitness,
    populationSize: 8,
    generations: 5,
    own,
    ...(judge && { judge }),
    ...(learner && { learner }),
    ...(chains && { chains }),
  }

  /** The whole search with `options`, simulated once: strategies are functions of their seed, which a test of its own holds. */
  let simulated: Promise<Simulation> | undefined
  const whole = (): Promise<Simulation> => (simulated ??= simulate(strategy, options))

  describe(`strategy ${strategy.name} on ${name}`, () => {
    it('has a default for each of its own parameters', () => {
      expect(strategy.schema.parse({ name: strategy.name })).toMatchObject({ name: strategy.name })
      expect(strategy.schema.safeParse({ name: 'another' }).success).toBe(false)
    })

    it.each([1, 2, 3, 8])('proposes whole generations of %i, all inside the space', async (populationSize) => {
      const { proposals } = await simulate(strategy, { ...options, populationSize })
      expect(proposals.map((generation) => generation.length)).toEqual(new Array(5).fill(populationSize))
      for (const { genotype } of proposals.flat()) expect(space.problems(genotype)).toEqual([])
    })

    it('is a function of its seed', async () => {
      const first = await whole()
      expect(await simulate(strategy, options)).toEqual(first)
      expect((await simulate(strategy, { ...options, seed: 2 })).proposals).not.toEqual(first.proposals)
    })

    it('does not depend on the order in which trials finish', async () => {
      expect(await simulate(strategy, { ...options, completionSeed: 99 })).toEqual(await whole())
    })

    it('proposes the same after a resume at any generation', async () => {
      const { history, proposals } = await whole()
      // A resume before the first generation is the whole search.
      for (let done = 1; done <= options.generations; done++) {
        const stored = JSON.parse(JSON.stringify(history.slice(0, done))) as typeof history
        const rest = await simulate(strategy, options, stored)
        expect(rest.proposals).toEqual(proposals.slice(done))
      }
    })

    it('records origins that name parents of earlier generations', async () => {
      const { proposals, history } = await whole()
      proposals.forEach((generation, index) => {
        const earlier = new Set(
          history
            .slice(0, index)
            .flat()
            .map((member) => member.trialId),
        )
        for (const { origin, genotype } of generation) {
          expect(originSchema.parse(origin)).toEqual(origin)
          expect(origin.parents.every((parent) => earlier.has(parent))).toBe(true)
          if (index === 0) expect(['random', 'seed', 'proposed']).toContain(origin.operator)
          if (origin.operator === 'offspring') expect(origin.parents.length).toBe(origin.crossover ? 2 : 1)
          for (const { position } of origin.reconstructed) expect(position).toBeLessThan(space.positions(genotype))
        }
      })
    })

    it('keeps what it calls elite untouched, and it is the best so far', async () => {
      const { proposals, history } = await whole()
      const best = bestSoFar(history)
      proposals.forEach((generation, index) => {
        for (const { origin, genotype } of generation.filter((proposal) => proposal.origin.operator === 'elite')) {
          const parent = history.flat().find((member) => member.trialId === origin.parents[0])
          expect(genotype).toEqual(parent?.genotype)
          expect(parent?.fitness).toBe(best[index - 1])
          expect(origin.reconstructed).toEqual([])
        }
      })
    })

    it('evaluates the seeds first and as they are', async () => {
      const seeds = [
        space.random(contextFor(options, []).random.fork('a')),
        space.random(contextFor(options, []).random.fork('b')),
      ]
      const { proposals } = await simulate(strategy, { ...options, seeds })
      expect(proposals[0]!.slice(0, 2).map(({ genotype, origin }) => [genotype, origin.operator])).toEqual(
        seeds.map((seed) => [seed, 'seed']),
      )
      const few = await simulate(strategy, { ...options, seeds, populationSize: 1 })
      expect(few.proposals[0]!.map(({ genotype }) => genotype)).toEqual([seeds[0]])
    })

    it.skipIf(judge !== undefined || chains !== undefined)(
      'starts from the initial population that all start from with this seed',
      async () => {
        const own = strategy.schema.parse({ name: strategy.name, eliminationRate: 0 })
        const first = await strategy.propose(contextFor(options, []), own)
        expect(first).toEqual(initialPopulation(contextFor(options, [])))
        expect(first.every(({ origin }) => origin.operator === 'random')).toBe(true)
      },
    )

    it('goes on when a generation, or all of them, failed', async () => {
      const never = await simulate(strategy, { ...options, fitness: () => undefined })
      expect(never.proposals.flat()).toHaveLength(40)
      const keys = new Set(never.proposals.flat().map(({ genotype }) => space.canonicalKey(genotype)))
      expect(keys.size).toBeGreaterThan(8)
      let calls = 0
      // The second generation fails as a whole; the third must descend from the first.
      const once = await simulate(strategy, {
        ...options,
        fitness: (genotype) => (++calls > 8 && calls <= 16 ? undefined : fitness(genotype)),
      })
      const failed = new Set(once.history[1]!.map((member) => member.trialId))
      for (const { origin } of once.proposals[2]!)
        expect(origin.parents.some((parent) => failed.has(parent))).toBe(false)
    })

    it('never chooses a failed member as a parent', async () => {
      let calls = 0
      const { proposals, history } = await simulate(strategy, {
        ...options,
        fitness: (genotype) => (++calls % 2 === 0 ? undefined : fitness(genotype)),
      })
      const failed = new Set(
        history
          .flat()
          .filter((member) => member.fitness === undefined)
          .map((member) => member.trialId),
      )
      for (const { origin } of proposals.flat()) expect(origin.parents.some((parent) => failed.has(parent))).toBe(false)
    })
  })
}
