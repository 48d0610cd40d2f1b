// Every strategy under two objectives that pull apart: agreement with the toy landscape's target, and the sum of the digits.
import { describe, expect, it } from 'vitest'
import { hypervolume } from '../objectives/hypervolume'
import type { Genotype, Space } from '../spaces/space'
import { inOneFigure, survivors } from './crowded'
import { STRATEGIES, strategyByName } from './registry'
import { generationContext, type Member } from './strategy'
import { createToySpace, toyFitness, type Word } from './testing/toy-space'

const space = createToySpace() as unknown as Space
const cost = (genotype: Genotype): number => (genotype as Word).digits.reduce((sum, digit) => sum + digit, 0)

async function searched(name: string, seed: number, generations = 10): Promise<(readonly Member[])[]> {
  const strategy = strategyByName(name)
  const own = strategy.schema.parse({ name, candidates: 40, randomFirst: 8 })
  const history: Member[][] = []
  for (let generation = 0; generation < generations; generation++) {
    const base = { space, populationSize: 8, generations, seed, seeds: [], history }
    const reconstructor = {
      reconstruct: (requests: readonly { genotype: Genotype }[]) =>
        Promise.resolve(requests.map(({ genotype }) => ({ genotype, choices: [] }))),
    }
    const proposals = await strategy.propose(generationContext({ ...base, reconstructor }, generation), own)
    history.push(
      proposals.map(({ genotype, origin }, i) => ({
        trialId: 1 + 8 * generation + i,
        genotype,
        origin,
        fitness: toyFitness(genotype),
        objectives: [toyFitness(genotype), -cost(genotype)],
      })),
    )
  }
  return history
}

const volume = (history: readonly (readonly Member[])[]): number =>
  hypervolume(
    history.flat().map(({ objectives }) => objectives ?? []),
    [0, -90],
  )

describe('under two objectives', () => {
  it.each(STRATEGIES.map(({ name }) => name))(
    '%s proposes whole generations, the same for the same seed',
    async (name) => {
      const history = await searched(name, 1, 5)
      expect(history.map((generation) => generation.length)).toEqual([8, 8, 8, 8, 8])
      expect(await searched(name, 1, 5)).toEqual(history)
    },
  )

  it.each(['ga', 'regularised-evolution'])('%s dominates more than random does', async (name) => {
    const seeds = [1, 2, 3]
    const mean = async (of: string): Promise<number> => {
      const volumes = await Promise.all(seeds.map(async (seed) => volume(await searched(of, seed))))
      return volumes.reduce((sum, value) => sum + value, 0)
    }
    expect(await mean(name)).toBeGreaterThan(await mean('random'))
  })

  it('gp-ei dominates more than random does with fewer evaluations', async () => {
    expect(volume(await searched('gp-ei', 1, 4))).toBeGreaterThan(volume(await searched('random', 1, 8)))
  })
})

describe('crowded comparison', () => {
  const member = (trialId: number, objectives: readonly number[] | undefined): Member => ({
    trialId,
    genotype: {},
    origin: { operator: 'random', parents: [], crossover: false, mutation: false, reconstructed: [] },
    fitness: objectives?.[0],
    objectives,
  })

  it('leaves members under one objective as they are', () => {
    const members = [{ ...member(1, undefined), fitness: 3 }]
    expect(inOneFigure(members)).toBe(members)
  })

  it('keeps the best of each generation and those before, never a failed one', () => {
    const history = [
      [member(1, [0, 0]), member(2, [3, 1]), member(3, undefined)],
      [member(4, [1, 3]), member(5, [2, 2])],
    ]
    expect(survivors(history, 2).map(({ trialId }) => trialId)).toEqual([2, 4])
    expect(inOneFigure(history.flat()).map(({ fitness }) => fitness)).toEqual([-3, -0, undefined, -1, -2])
  })
})
