import { describe, expect, it } from 'vitest'
import { jStat } from 'jstat'
import { createRandom, type Random } from '../random'
import type { EdgeGenotype } from '../spaces/nas-bench-201/genotype'
import { createEdgeSpace } from '../spaces/nas-bench-201/space'
import type { Space } from '../spaces/space'
import { posteriorWinner } from './posterior-winner'

const space = createEdgeSpace() as unknown as Space
const truth = (genotype: unknown): number =>
  (genotype as EdgeGenotype).operations.reduce(
    (sum, each) => sum + (each === 'nor_conv_3x3' ? 1 : each === 'skip_connect' ? 0.5 : 0),
    0,
  )
const normal = (random: Random): number => jStat.normal.inv((random.next() * 4294967295 + 0.5) / 4294967296, 0, 1)

function measured(count: number, noise: number, seed: number) {
  const random = createRandom(seed)
  return Array.from({ length: count }, () => {
    const genotype = space.random(random)
    return { genotype, score: truth(genotype) + noise * normal(random) }
  })
}

describe('the winner by all results', () => {
  it('is truly better than the best measured where evaluations are noisy, over seeds', () => {
    let [expected, lucky] = [0, 0]
    for (let seed = 1; seed <= 12; seed++) {
      const results = measured(60, 1.5, seed)
      const best = results.reduce((a, b) => (b.score > a.score ? b : a))
      const winner = posteriorWinner(space, results, createRandom(seed))
      expected += truth(results[winner?.index ?? 0]?.genotype)
      lucky += truth(best.genotype)
    }
    expect(expected).toBeGreaterThan(lucky)
  })

  it('expects less of it than the luckiest result was, which is nearer to what it is worth', () => {
    let [told, lucky] = [0, 0]
    for (let seed = 1; seed <= 12; seed++) {
      const results = measured(60, 1.5, seed)
      const best = results.reduce((a, b) => (b.score > a.score ? b : a))
      const winner = posteriorWinner(space, results, createRandom(seed))!
      expect(winner.score).toBeLessThan(best.score)
      told += Math.abs(winner.score - truth(results[winner.index]?.genotype))
      lucky += Math.abs(best.score - truth(best.genotype))
    }
    expect(told).toBeLessThan(0.75 * lucky)
  })

  it('is not told from few results, and is a function of results and stream', () => {
    const results = measured(12, 0.5, 1)
    expect(posteriorWinner(space, results.slice(0, 9), createRandom(1))).toBeNull()
    expect(posteriorWinner(space, results, createRandom(1))).toEqual(posteriorWinner(space, results, createRandom(1)))
  })
})
