// What a surrogate's search may take: it lets others have their turn, reads a bounded number of results, and stays a function of them.
import { describe, expect, it } from 'vitest'
import { createRandom } from '../random'
import { gpEiStrategy } from '../strategies/gp-ei'
import { contextFor, simulate, type SimulationOptions } from '../strategies/testing/simulate'
import type { Space } from '../spaces/space'
import { createToySpace, toyFitness } from '../strategies/testing/toy-space'
import { SurrogateSearch } from './surrogate-search'

const space: Space = createToySpace()
/** Small, so that hundreds of results are quick. */
const grid = { choiceScales: [2], ways: [false], figureScales: [], noises: [0.1] }

async function told(results: number, isBounded: boolean, breathe?: () => Promise<void>) {
  const random = createRandom(1)
  const search = await SurrogateSearch.open({
    ...{ space, random: random.fork('pool'), budget: 1000, candidates: 100, grid, isBounded, breathe },
  })
  const drawn = random.fork('results')
  while (search.size < results) {
    const genotype = space.random(drawn)
    search.tell({ genotype, fitness: toyFitness(genotype) })
  }
  return search
}

const read = (search: SurrogateSearch): number =>
  Math.max(...search.candidates.map(({ distances }) => distances.choices.length))

describe('a surrogate with bounds', () => {
  it('reads what is best and a choice of the rest, of more results than 250', async () => {
    for (const [results, expected] of [
      [250, 250],
      [251, 200],
      [400, 200],
    ] as const) {
      const search = await told(results, true)
      await search.suggest(3, createRandom(2))
      expect(read(search)).toBe(expected)
    }
  })

  it('forgets what it only assumes of a large batch, and proposes nothing twice', async () => {
    let most = 0
    let watched: SurrogateSearch | undefined
    const search = await told(20, true, () => {
      if (watched !== undefined) most = Math.max(most, read(watched))
      return Promise.resolve()
    })
    watched = search
    const chosen = await search.suggest(70, createRandom(2))
    expect(chosen).toHaveLength(70)
    expect(most).toBeLessThanOrEqual(20 + 50)
    expect(new Set(chosen.map((genotype) => space.canonicalKey(genotype))).size).toBe(chosen.length)
  })

  it('without them reads all, as it always did', async () => {
    const search = await told(300, false)
    await search.suggest(1, createRandom(2))
    expect(read(search)).toBe(300)
  })
})

describe('a long choice', () => {
  const options: SimulationOptions = {
    ...{ space, fitness: toyFitness, populationSize: 4, generations: 4 },
    own: { candidates: 120, randomFirst: 4 },
  }

  it('lets others have their turn between any two architectures', async () => {
    let turns = 0
    const search = await told(20, true, () => {
      turns++
      return Promise.resolve()
    })
    turns = 0
    await search.suggest(5, createRandom(2))
    expect(turns).toBeGreaterThanOrEqual(5)
  })

  it('comes out the same after one that was broken off, and beside another that goes on at the same time', async () => {
    const own = gpEiStrategy.schema.parse({ name: 'gp-ei', ...options.own })
    const { history, proposals } = await simulate(gpEiStrategy, options)
    let left = 40
    const broken = {
      ...contextFor(options, history.slice(0, 2)),
      breathe: () => (left-- > 0 ? Promise.resolve() : Promise.reject(new Error('let go'))),
    }
    await expect(gpEiStrategy.propose(broken, own)).rejects.toThrow('let go')
    const both = await Promise.all(
      [2, 3].map((done) => gpEiStrategy.propose(contextFor(options, history.slice(0, done)), own)),
    )
    expect(both).toEqual([proposals[2], proposals[3]])
  })
})

it('a search of more results than a surrogate reads goes on after an interruption as it would have', async () => {
  const large: SimulationOptions = {
    ...{ space, fitness: toyFitness, populationSize: 90, generations: 4 },
    own: { candidates: 40, randomFirst: 260 },
  }
  const { history, proposals } = await simulate(gpEiStrategy, large)
  const { proposals: rest } = await simulate(gpEiStrategy, large, history.slice(0, 3))
  expect(rest).toEqual(proposals.slice(3))
})
