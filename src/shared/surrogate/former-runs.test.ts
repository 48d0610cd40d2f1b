// Former runs as a prior: believed where they order like the present results, and nowhere else.
import { expect, describe, it } from 'vitest'
import { createRandom } from '../random'
import type { FormerRun } from '../search/former-runs'
import { formerText } from '../search/former-runs'
import type { EdgeGenotype } from '../spaces/nas-bench-201/genotype'
import { createEdgeSpace } from '../spaces/nas-bench-201/space'
import type { Genotype, Space } from '../spaces/space'
import { FormerRuns } from './former-runs'
import { rankCorrelation } from './rank-correlation'
import { SurrogateSearch } from './surrogate-search'

const space = createEdgeSpace() as unknown as Space
const truth = (genotype: unknown): number =>
  (genotype as EdgeGenotype).operations.reduce(
    (sum, each) => sum + (each === 'nor_conv_3x3' ? 1 : each === 'skip_connect' ? 0.5 : 0),
    0,
  )
const drawn = (count: number, seed: number): Genotype[] => {
  const random = createRandom(seed)
  return Array.from({ length: count }, () => space.random(random))
}
const formerOf = (worth: (genotype: Genotype) => number): FormerRun => ({
  number: 3,
  name: 'before',
  results: drawn(60, 1).map((genotype) => ({ genotype: { ...genotype }, fitness: worth(genotype) })),
})
const present = (count: number, seed = 2) =>
  drawn(count, seed).map((genotype) => ({ genotype, fitness: truth(genotype) }))

describe('former runs', () => {
  it('are believed, and tell good from bad, where they order like the present results', async () => {
    const runs = await FormerRuns.open(space, [formerOf((genotype) => 70 + 3 * truth(genotype))])
    const told = runs.expect(present(12))
    expect(told.weight).toBeGreaterThan(0.7)
    expect(told.fits[0]).toMatchObject({ number: 3, of: 60 })
    const others = drawn(100, 5)
    expect(rankCorrelation(others.map(told.of), others.map(truth))).toBeGreaterThan(0.8)
  })

  it('count nothing where they order the other way, are shuffled, or too few results are there', async () => {
    const random = createRandom(9)
    const negated = await FormerRuns.open(space, [formerOf((genotype) => -truth(genotype))])
    expect(negated.expect(present(12))).toMatchObject({ weight: 0, scale: 1 })
    expect(negated.expect(present(12)).of(drawn(1, 7)[0]!)).toBe(0)
    const shuffled = await FormerRuns.open(space, [formerOf(() => random.next())])
    expect(shuffled.expect(present(12)).weight).toBeLessThan(0.35)
    const right = await FormerRuns.open(space, [formerOf(truth)])
    expect(right.expect(present(3)).weight).toBe(0)
  })

  it('believe the one that fits beside one that does not', async () => {
    const runs = await FormerRuns.open(space, [
      formerOf(truth),
      { ...formerOf((genotype) => -truth(genotype)), number: 4 },
    ])
    const { fits, weight } = runs.expect(present(12))
    expect(fits.map(({ weight: own }) => own > 0)).toEqual([true, false])
    expect(weight).toBeGreaterThan(0.6)
  })

  it('leave out what is not of the space, and say so', async () => {
    const strange: FormerRun = { number: 7, name: 'words', results: [{ genotype: { space: 'other' }, fitness: 1 }] }
    const { fits, weight } = (await FormerRuns.open(space, [strange])).expect(present(12))
    expect(weight).toBe(0)
    expect(fits).toEqual([{ number: 7, name: 'words', used: 0, of: 1, correlation: null, weight: 0 }])
    expect(formerText(fits[0]!, 12)).toBe('From run 7 "words": 0 of 1 results are of this space; they count nothing.')
  })
})

it('a search from a former run that fits finds better ones at once, with the same candidates', async () => {
  const best = async (former: readonly FormerRun[]): Promise<number> => {
    let sum = 0
    for (let seed = 1; seed <= 5; seed++) {
      const random = createRandom(seed)
      const search = await SurrogateSearch.open({
        ...{ space, random: random.fork('pool'), budget: 10, candidates: 200, isBounded: true, former },
      })
      for (const each of present(8, 10 + seed)) search.tell(each)
      expect(search.isWarm).toBe(former.length > 0)
      for (const genotype of await search.suggest(3, random.fork('candidates'))) sum += truth(genotype)
    }
    return sum
  }
  expect(await best([formerOf(truth)])).toBeGreaterThan(1.15 * (await best([])))
})
