// What a surrogate's search may take: it lets others have their turn, reads a bounded number of results, and stays a function of them.
import { describe, expect, it, vi } from 'vitest'
import { createRandom } from '../random'
import { gpEiStrategy } from '../strategies/gp-ei'
import { contextFor, simulate, type SimulationOptions } from '../strategies/testing/simulate'
import { createEdgeSpace } from '../spaces/nas-bench-201/space'
import type { Space } from '../spaces/space'
import { createToySpace, toyFitness } from '../strategies/testing/toy-space'
import { InContextLearner } from './in-context/learner'
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

describe('a surrogate that is told what a judge thinks', () => {
  const cells = createEdgeSpace() as unknown as Space
  const random = createRandom(4)
  /** Of the candidates that the learner was asked about, how many at each choice. */
  async function chosen(results: number, { mostPairs = 6000, isAlone = false, opinion = true } = {}) {
    const learner = InContextLearner.draw(createRandom(1), { width: 8, blocks: 1, heads: 2, inner: 8, pairInner: 4 })
    const predict = vi.spyOn(learner, 'predict')
    const search = await SurrogateSearch.open({
      ...{ space: cells, random: createRandom(3), budget: 100, candidates: 400, isBounded: true },
      learner: { model: learner, isAlone, mostPairs },
    })
    // Its most is where there are most operations.
    if (opinion) search.believe({ of: (all) => all.map(({ graph }) => (graph?.nodes.length ?? 0) - 3) })
    while (search.size < results) search.tell({ genotype: cells.random(random), fitness: search.size })
    const [genotype] = await search.suggest(1, createRandom(2))
    return { nodes: cells.features?.(genotype!).graph?.nodes.length, asked: predict.mock.calls[0]?.[1][0]?.asked ?? 0 }
  }

  it('expects it of each candidate while results are few', async () => {
    const most = 6
    expect((await chosen(1)).nodes).toBe(most)
    expect((await chosen(1, { opinion: false })).nodes).toBeLessThan(most)
  })

  it('asks the learner from ten results on, and at once where there is no opinion or nothing else', async () => {
    expect((await chosen(9)).asked).toBe(0)
    expect((await chosen(10)).asked).toBeGreaterThan(0)
    expect((await chosen(9, { opinion: false })).asked).toBeGreaterThan(0)
    expect((await chosen(9, { isAlone: true })).asked).toBeGreaterThan(0)
  })

  it('asks about as many candidates as its bound leaves for so many results', async () => {
    expect((await chosen(20, { mostPairs: 2400 })).asked).toBe(120)
    expect((await chosen(20)).asked).toBe(300)
  })

  it('asks nothing where its bound leaves fewer than a hundred, but goes on where nothing else chooses', async () => {
    expect((await chosen(60)).asked).toBe(100)
    expect((await chosen(61)).asked).toBe(0)
    expect((await chosen(61, { isAlone: true })).asked).toBe(98)
  })
})

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
