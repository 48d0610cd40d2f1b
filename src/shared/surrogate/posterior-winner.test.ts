import { describe, expect, it } from 'vitest'
import { jStat } from 'jstat'
import { createRandom, type Random } from '../random'
import type { EdgeGenotype } from '../spaces/nas-bench-201/genotype'
import { createEdgeSpace } from '../spaces/nas-bench-201/space'
import type { Space } from '../spaces/space'
import { posteriorRanking, type Result } from './posterior-winner'

const space = createEdgeSpace() as unknown as Space
const truth = (genotype: unknown): number =>
  (genotype as EdgeGenotype).operations.reduce(
    (sum, each) => sum + (each === 'nor_conv_3x3' ? 1 : each === 'skip_connect' ? 0.5 : 0),
    0,
  )
const normal = (random: Random): number => jStat.normal.inv((random.next() * 4294967295 + 0.5) / 4294967296, 0, 1)

const posteriorWinner = async (results: readonly Result[], seed: number) =>
  (await posteriorRanking(space, results, createRandom(seed)))?.ranked[0] ?? null

function measured(count: number, noise: number, seed: number) {
  const random = createRandom(seed)
  return Array.from({ length: count }, () => {
    const genotype = space.random(random)
    return { genotype, score: truth(genotype) + noise * normal(random) }
  })
}

describe('the winner by all results', () => {
  it('is truly better than the best measured where evaluations are noisy, over seeds', async () => {
    let [expected, lucky] = [0, 0]
    for (let seed = 1; seed <= 12; seed++) {
      const results = measured(60, 1.5, seed)
      const best = results.reduce((a, b) => (b.score > a.score ? b : a))
      const winner = await posteriorWinner(results, seed)
      expected += truth(results[winner?.index ?? 0]?.genotype)
      lucky += truth(best.genotype)
    }
    expect(expected).toBeGreaterThan(lucky)
  })

  it('expects less of it than the luckiest result was, which is nearer to what it is worth', async () => {
    let [told, lucky] = [0, 0]
    for (let seed = 1; seed <= 12; seed++) {
      const results = measured(60, 1.5, seed)
      const best = results.reduce((a, b) => (b.score > a.score ? b : a))
      const winner = (await posteriorWinner(results, seed))!
      expect(winner.score).toBeLessThan(best.score)
      told += Math.abs(winner.score - truth(results[winner.index]?.genotype))
      lucky += Math.abs(best.score - truth(best.genotype))
    }
    expect(told).toBeLessThan(0.75 * lucky)
  })

  it('is not told from few results, and is a function of results and stream', async () => {
    const results = measured(12, 0.5, 1)
    expect(await posteriorWinner(results.slice(0, 9), 1)).toBeNull()
    expect(await posteriorWinner(results, 1)).toEqual(await posteriorWinner(results, 1))
  })

  it('measures the noise where the best were evaluated again, and is nearer to the truth by that', async () => {
    let [once, again] = [0, 0]
    for (let seed = 1; seed <= 12; seed++) {
      const results = measured(60, 1.5, seed)
      const random = createRandom(seed).fork('again')
      const before = (await posteriorRanking(space, results, createRandom(seed)))!
      const best = before.ranked.slice(0, 5).flatMap(({ index }) => results[index] ?? [])
      const repeats = best.flatMap(({ genotype }) =>
        [1, 2].map(() => ({ genotype, score: truth(genotype) + 1.5 * normal(random) })),
      )
      const after = (await posteriorRanking(space, [...results, ...repeats], createRandom(seed)))!
      // Some of the 60 are one network under two names.
      expect(after.noise?.freedom).toBe(10 + (before.noise?.freedom ?? 0))
      expect(after.noise?.deviation).toBeGreaterThan(0.7)
      expect(after.noise?.deviation).toBeLessThan(2.6)
      expect(after.ranked.filter(({ results: own }) => own >= 3).length).toBeGreaterThanOrEqual(5)
      once += truth(results[before.ranked[0]!.index]?.genotype)
      again += truth(results[after.ranked[0]!.index]?.genotype)
    }
    expect(again).toBeGreaterThanOrEqual(once)
  })
})
