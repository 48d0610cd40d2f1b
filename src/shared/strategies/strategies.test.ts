// What single strategies and operators promise beyond the conformance suite.
import { describe, expect, it } from 'vitest'
import { createRandom } from '../random'
import { gaStrategy } from './ga'
import { gptNasStrategy, reconstructingStrategy } from './gpt-nas'
import { randomStrategy } from './random'
import { eliminationRate } from './reconstruct'
import type { Member, ReconstructionRequest } from './strategy'
import { createRandomReconstructor } from './testing/random-reconstructor'
import { bestSoFar, contextFor, simulate } from './testing/simulate'
import { createToySpace, toyFitness, type Word } from './testing/toy-space'
import { selectParents, tournament } from './tournament'

const space = createToySpace()
const paper = { space, fitness: toyFitness, populationSize: 30, generations: 20 }
const word = (...digits: number[]): Word => ({ space: 'toy', digits })
const member = (trialId: number, fitness: number | undefined): Member => ({ trialId, fitness, genotype: word(trialId) })

describe('binary tournament', () => {
  it('prefers the fitter of two: the best of n wins with probability (2n - 1) / n^2', () => {
    const pool = [1, 2, 3, 4].map((id) => member(id, id / 10))
    const random = createRandom(1)
    const wins = Array.from({ length: 4000 }, () => tournament(pool, random)).filter(({ trialId }) => trialId === 4)
    // 7/16 = 0.4375, one sigma 0.008.
    expect(wins.length / 4000).toBeGreaterThan(0.41)
    expect(wins.length / 4000).toBeLessThan(0.465)
  })

  it('lets a failed member win only against a failed one', () => {
    const random = createRandom(2)
    const pool = [member(1, undefined), member(2, 0)]
    const wins = Array.from({ length: 1000 }, () => tournament(pool, random)).filter(({ trialId }) => trialId === 1)
    // Only where both draws hit it: one in four.
    expect(wins.length / 1000).toBeLessThan(0.31)
    expect(selectParents([member(1, 0.5)], random).map(({ trialId }) => trialId)).toEqual([1, 1])
  })
})

describe('ga', () => {
  it('beats random search on the toy landscape, over ten seeds at the paper’s budget', async () => {
    const finals = async (strategy: typeof gaStrategy): Promise<number[]> => {
      const values: number[] = []
      for (let seed = 1; seed <= 10; seed++) {
        const { history } = await simulate(strategy, { ...paper, seed })
        values.push(bestSoFar(history).at(-1)!)
      }
      return values
    }
    const [ga, random] = [await finals(gaStrategy), await finals(randomStrategy)]
    ga.forEach((value, i) => expect(value).toBeGreaterThanOrEqual(random[i]!))
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
    expect(mean(ga)).toBeGreaterThan(mean(random) + 0.15)
  })

  it('never loses its best, and proposes few repeats while the space has fresh words', async () => {
    const { history, proposals } = await simulate(gaStrategy, paper)
    history.forEach((generation, index) => {
      const now = Math.max(...generation.map(({ fitness }) => fitness!))
      expect(now).toBe(bestSoFar(history)[index])
    })
    const keys = new Set(proposals.flat().map(({ genotype }) => space.canonicalKey(genotype as Word)))
    // 600 proposals, of which 19 are the elite again.
    expect(keys.size).toBe(600 - 19)
  })

  it('ends its tries in a space of a single architecture', async () => {
    const { proposals } = await simulate(gaStrategy, { ...paper, space: createToySpace(1), populationSize: 4 })
    expect(proposals.flat()).toHaveLength(80)
  })

  it('applies operators at their rates', async () => {
    const rates = { crossover: 0, mutation: 1, elimination: 0 }
    const mutated = await simulate(gaStrategy, { ...paper, rates })
    const children = mutated.proposals.flat().filter(({ origin }) => origin.operator === 'offspring')
    expect(children.every(({ origin }) => origin.mutation && !origin.crossover && origin.parents.length === 1)).toBe(
      true,
    )
  })
})

describe('gpt-nas', () => {
  it('follows the published rate: 0.40 falling by 0.02 a generation', () => {
    const rates = Array.from({ length: 20 }, (_, t) => eliminationRate(0.4, t, 20))
    rates.forEach((rate, t) => expect(rate).toBeCloseTo(0.4 - 0.02 * t, 12))
    expect(eliminationRate(0.4, 25, 20)).toBe(0)
  })

  it('empties positions at that rate, never of the elite or a seed, and files what the proposer chose', async () => {
    const requests: ReconstructionRequest[][] = []
    const inner = createRandomReconstructor(space)
    const spy = reconstructingStrategy('spy', true, () => ({
      reconstruct: (asked) => {
        requests.push([...asked])
        return inner.reconstruct(asked)
      },
    }))
    const seeds = [word(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)]
    const { proposals } = await simulate(spy, { ...paper, populationSize: 200, generations: 4, seeds })
    const rates = proposals.map((generation) => {
      const open = generation.filter(({ origin }) => origin.operator !== 'elite' && origin.operator !== 'seed')
      return open.flatMap(({ origin }) => origin.reconstructed).length / (open.length * 10)
    })
    // 0.4, 0.3, 0.2, 0.1 of 2,000 places each: one sigma is about 0.011.
    rates.forEach((rate, t) => expect(Math.abs(rate - (0.4 - 0.1 * t))).toBeLessThan(0.045))
    expect(proposals[0]![0]!.genotype).toEqual(seeds[0])
    for (const { genotype, origin } of proposals.flat())
      for (const { position, chosen } of origin.reconstructed)
        expect(space.nameAt(genotype as Word, position)).toBe(chosen)
    for (const { positions } of requests.flat()) {
      expect(positions.length).toBeGreaterThan(0)
      expect([...positions].sort((a, b) => a - b)).toEqual(positions)
    }
  })

  it('asks a bounded number of times where everything the proposer gives is known', async () => {
    let calls = 0
    const same = word(...new Array<number>(10).fill(7))
    const stuck = reconstructingStrategy('stuck', true, () => ({
      reconstruct: (asked) => {
        calls++
        return Promise.resolve(asked.map(() => ({ genotype: same, choices: [] })))
      },
    }))
    await stuck.propose(contextFor({ ...paper, rates: { crossover: 0.9, mutation: 0.3, elimination: 1 } }, []))
    expect(calls).toBe(3)
  })

  it('refuses what lies outside the space, and says so when there is no proposer', async () => {
    const broken = reconstructingStrategy('broken', true, () => ({
      reconstruct: (asked) => Promise.resolve(asked.map(() => ({ genotype: word(1, 2), choices: [] }))),
    }))
    await expect(simulate(broken, paper)).rejects.toThrow(/outside the space toy: a word has 10 digits/)
    const { reconstructor: _, ...without } = contextFor(paper, [])
    await expect(Promise.resolve().then(() => gptNasStrategy.propose(without))).rejects.toThrow(/needs the proposer/)
  })
})
