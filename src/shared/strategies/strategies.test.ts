// What single strategies and operators promise beyond the conformance suite.
import { describe, expect, it } from 'vitest'
import { createRandom } from '../random'
import { gaStrategy } from './ga'
import { gaRandomReplacementStrategy } from './ga-random-replacement'
import { readWord, type Operation } from '../language/graphs/operation'
import type { OperationGraph } from '../language/graphs/operation-graph'
import type { EdgeGenotype } from '../spaces/nas-bench-201/genotype'
import { createEdgeSpace } from '../spaces/nas-bench-201/space'
import { drawWeights, firstPicks, hasMeaning } from './first-picks'
import { gptNasStrategy } from './gpt-nas'
import { gptNasPaperStrategy } from './gpt-nas-paper'
import { localSearchStrategy } from './local-search'
import { randomStrategy } from './random'
import { regularisedEvolutionStrategy } from './regularised-evolution'
import { eliminationRate } from './reconstruct'
import type { ChainJudge, GraphJudge, Member, Reconstructor, ReconstructionRequest, Strategy } from './strategy'
import { createRandomReconstructor } from './random-reconstructor'
import { bestSoFar, contextFor, simulate } from './testing/simulate'
import { createToySpace, toyFitness, type Word } from './testing/toy-space'
import { selectParents, tournament } from './tournament'
import type { Space } from '../spaces/space'

const space = createToySpace()
const paper = { space, fitness: toyFitness, populationSize: 30, generations: 20 }
const word = (...digits: number[]): Word => ({ space: 'toy', digits })
const ORIGIN = { operator: 'random', parents: [], crossover: false, mutation: false, reconstructed: [] } as const
const member = (trialId: number, fitness: number | undefined): Member => ({
  trialId,
  fitness,
  genotype: word(trialId),
  origin: { ...ORIGIN, parents: [], reconstructed: [] },
})

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
    const finals = async (strategy: Strategy): Promise<number[]> => {
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
    const mutated = await simulate(gaStrategy, { ...paper, own: { crossoverRate: 0, mutationRate: 1 } })
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
    const reconstructor: Reconstructor = {
      reconstruct: (asked) => {
        requests.push([...asked])
        return inner.reconstruct(asked)
      },
    }
    const seeds = [word(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)]
    const { proposals } = await simulate(gptNasPaperStrategy, {
      ...paper,
      populationSize: 200,
      generations: 4,
      seeds,
      reconstructor,
    })
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

  it.each(['paper-2', 'paper-1'] as const)('asks the checkpoint that its run names: %s', async (proposer) => {
    const asked = new Set<string | undefined>()
    const inner = createRandomReconstructor(space)
    const reconstructor: Reconstructor = {
      reconstruct: (requests) => {
        requests.forEach((request) => asked.add(request.proposer))
        return inner.reconstruct(requests)
      },
    }
    await simulate(gptNasPaperStrategy, { ...paper, generations: 2, reconstructor, own: { proposer } })
    expect([...asked]).toEqual([proposer])
  })

  it('asks a bounded number of times where everything the proposer gives is known', async () => {
    let calls = 0
    const same = word(...new Array<number>(10).fill(7))
    const stuck: Reconstructor = {
      reconstruct: (asked) => {
        calls++
        return Promise.resolve(asked.map(() => ({ genotype: same, choices: [] })))
      },
    }
    await simulate(gptNasPaperStrategy, { ...paper, generations: 1, reconstructor: stuck, own: { eliminationRate: 1 } })
    expect(calls).toBe(3)
  })

  it('refuses what lies outside the space, and says so when there is no proposer', async () => {
    const broken: Reconstructor = {
      reconstruct: (asked) => Promise.resolve(asked.map(() => ({ genotype: word(1, 2), choices: [] }))),
    }
    await expect(simulate(gptNasPaperStrategy, { ...paper, reconstructor: broken })).rejects.toThrow(
      /outside the space toy: a word has 10 digits/,
    )
    const { reconstructor: _, ...without } = contextFor(paper, [])
    const own = gptNasPaperStrategy.schema.parse({ name: 'gpt-nas:paper' })
    await expect(gptNasPaperStrategy.propose(without, own)).rejects.toThrow(/needs the proposer/)
  })
})

describe('ga-random-replacement', () => {
  it('is gpt-nas to the letter, but for where the blocks come from', async () => {
    // The proposer of a simulation draws at random too, so that the two must propose the same.
    const { proposals } = await simulate(gaRandomReplacementStrategy, paper)
    expect(proposals).toEqual((await simulate(gptNasPaperStrategy, paper)).proposals)
    expect(proposals.flat().some(({ origin }) => origin.reconstructed.length > 0)).toBe(true)
  })
})

describe('regularised-evolution', () => {
  it('starts with as many random architectures as live at once, then mutates only those that are alive', async () => {
    const own = { aliveSize: 12, sampleSize: 3 }
    const { proposals } = await simulate(regularisedEvolutionStrategy, { ...paper, populationSize: 5, own })
    const flat = proposals.flat()
    expect(flat.slice(0, 12).every(({ origin }) => origin.operator === 'random')).toBe(true)
    flat.slice(12).forEach(({ origin }, i) => {
      const generation = Math.floor((12 + i) / 5)
      expect(origin).toMatchObject({ operator: 'offspring', mutation: true, crossover: false })
      // Trials are numbered from 1; 12 live when the generation is proposed.
      expect(origin.parents[0]).toBeGreaterThan(generation * 5 - 12)
      expect(origin.parents[0]).toBeLessThanOrEqual(generation * 5)
    })
  })

  it('prefers the fittest of a sample: with a sample of many it is nearly always the fittest alive', async () => {
    const own = { aliveSize: 10, sampleSize: 100 }
    const { proposals, history } = await simulate(regularisedEvolutionStrategy, { ...paper, populationSize: 10, own })
    for (const [index, generation] of proposals.entries()) {
      if (index === 0) continue
      const best = Math.max(...history[index - 1]!.map(({ fitness }) => fitness!))
      for (const { origin } of generation)
        expect(history[index - 1]!.find(({ trialId }) => trialId === origin.parents[0])?.fitness).toBe(best)
    }
  })
})

describe('local-search', () => {
  const near = (first: Word, second: Word): number => first.digits.filter((d, i) => d !== second.digits[i]).length

  it('goes one change at a time, sees a neighbourhood whole before it moves, and moves to the best seen', async () => {
    const { proposals, history } = await simulate(localSearchStrategy, { ...paper, populationSize: 5 })
    const members = history.flat()
    const genotypes = new Map(members.map(({ trialId, genotype }) => [trialId, genotype as Word]))
    const climbed = proposals.flat().filter(({ origin }) => origin.operator === 'offspring')
    expect(climbed.length).toBeGreaterThan(20)
    for (const { genotype, origin } of climbed)
      expect(near(genotype as Word, genotypes.get(origin.parents[0]!)!)).toBe(1)
    // A toy word has ten neighbours: two generations of five around the best of the first.
    const start = history[0]!.reduce((best, one) => (one.fitness! > best.fitness! ? one : best))
    const around = [...proposals[1]!, ...proposals[2]!].map(({ origin }) => origin.parents[0])
    expect(around).toEqual(new Array(10).fill(start.trialId))
  })

  it('moves at once where it may', async () => {
    const own = { wholeNeighbourhood: false }
    const { proposals, history } = await simulate(localSearchStrategy, { ...paper, populationSize: 1, own })
    let best = history[0]![0]!
    for (let index = 1; index < proposals.length; index++) {
      const [proposal] = proposals[index]!
      if (proposal!.origin.operator !== 'offspring') break
      expect(proposal!.origin.parents).toEqual([best.trialId])
      const [member] = history[index]!
      if (member!.fitness! > best.fitness!) best = member!
    }
  })

  it('starts anew on a peak', async () => {
    // Everything is as good as everything: the first word is a peak.
    const flat = { ...paper, populationSize: 5, generations: 6, fitness: () => 0.5 }
    const { proposals } = await simulate(localSearchStrategy, flat)
    const operators = proposals.map((generation) => generation[0]!.origin.operator)
    expect(operators).toEqual(['random', 'offspring', 'offspring', 'random', 'offspring', 'offspring'])
  })
})

describe('a judge of chains', () => {
  const toy = createToySpace() as unknown as Space
  const knowing: ChainJudge = { name: 'knowing', trust: 0.6, of: () => toyFitness }
  const options = { space: toy, fitness: toyFitness, populationSize: 1, generations: 8, chains: knowing }
  const own = { candidates: 40, randomFirst: 8 }

  it('picks first what it thinks most of, unlike each other, and better than a random pool holds', async () => {
    const { proposals } = await simulate(gptNasStrategy, { ...options, own })
    const picks = proposals.flat().slice(0, 4)
    expect(picks.map(({ origin }) => origin.operator)).toEqual(new Array(4).fill('proposed'))
    const random = createRandom(1)
    const pool = Array.from({ length: 40 }, () => toyFitness(toy.random(random)))
    expect(toyFitness(picks[0]!.genotype)).toBeGreaterThanOrEqual(Math.max(...pool))
    picks.forEach(({ genotype }, i) =>
      picks.slice(0, i).forEach((other) => expect(toy.distance(genotype, other.genotype)).toBeGreaterThanOrEqual(4)),
    )
  })

  it('is not asked where a definition does without, where it cannot read the space, or a GPT reads layers', async () => {
    const without = await simulate(gptNasStrategy, { ...options, own: { ...own, chains: 'none' } })
    const { chains: _, ...none } = options
    expect(without.proposals).toEqual((await simulate(gptNasStrategy, { ...none, own })).proposals)
    const blind = { ...knowing, of: () => undefined }
    expect((await simulate(gptNasStrategy, { ...options, chains: blind, own })).proposals).toEqual(without.proposals)
    const judge = { readsLayers: true, judge: (graphs: readonly OperationGraph[]) => graphs.map(() => [0]) }
    const layered = await simulate(gptNasStrategy, { ...options, judge, own })
    expect(layered.proposals.flat().every(({ origin }) => origin.operator !== 'proposed')).toBe(true)
  })
})

describe('first picks', () => {
  const edges = createEdgeSpace()
  const members = (count: number): { genotype: EdgeGenotype; graph: OperationGraph | undefined }[] => {
    const random = createRandom(3)
    return Array.from({ length: count }, () => {
      const genotype = edges.random(random)
      return { genotype, graph: edges.features?.(genotype).graph }
    })
  }
  const size: GraphJudge = { judge: (graphs) => graphs.map(({ nodes }) => [nodes.length]) }

  it('are what the judge thinks most of, two changes or more apart', () => {
    const pool = members(500)
    const picks = firstPicks(edges as unknown as Space, pool, size, 4, createRandom(1)) as unknown as EdgeGenotype[]
    expect(picks).toHaveLength(4)
    const most = Math.max(...pool.map(({ graph }) => graph?.nodes.length ?? 0))
    expect(edges.features?.(picks[0]!).graph?.nodes.length).toBe(most)
    picks.forEach((pick, i) =>
      picks.slice(0, i).forEach((other) => expect(edges.distance(pick, other)).toBeGreaterThanOrEqual(2)),
    )
  })

  it('are none where words mean nothing, or there is no graph', () => {
    const named = (word: string): OperationGraph => ({
      nodes: [{ operation: readWord(word) as Operation, from: [-1] }],
      output: [0],
    })
    expect(hasMeaning([named('gcn'), named('gat'), named('conv3')])).toBe(false)
    expect(hasMeaning([named('conv3'), named('gat')])).toBe(true)
    expect(hasMeaning([undefined])).toBe(false)
    expect(
      firstPicks(edges as unknown as Space, [{ ...members(1)[0]!, graph: undefined }], size, 4, createRandom(1)),
    ).toEqual([])
  })

  it('weigh the figures by every mixture alike', () => {
    const random = createRandom(5)
    const draws = Array.from({ length: 4000 }, () => drawWeights(3, random))
    for (const weights of draws) expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12)
    // A component of Dirichlet(1, 1, 1) has mean 1/3 and is above 1/2 with probability 1/4.
    expect(draws.reduce((sum, [first = 0]) => sum + first, 0) / draws.length).toBeCloseTo(1 / 3, 1)
    expect(draws.filter(([first = 0]) => first > 0.5).length / draws.length).toBeCloseTo(1 / 4, 1)
  })
})
