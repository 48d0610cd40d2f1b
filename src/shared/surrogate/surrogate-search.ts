// Search by a Gaussian process over any space: always the candidate that promises most. Candidates are random members,
// neighbours of the best and refills of the best (docs/method.md#surrogate). What is evaluated first is the strategy's affair.
import type { Breathe } from '../breathe'
import type { FormerRun } from '../search/former-runs'
import type { Random } from '../random'
import type { Features } from '../spaces/features'
import { featuresOf } from './features-of'
import type { Genotype, Space } from '../spaces/space'
import { crowdedOrder } from '../objectives/pareto'
import { acquisitionOf } from './acquisition'
import { Believed, type Opinion } from './believed'
import { bestAndSpread } from './best-and-spread'
import { CandidatePool, type Advice, type Candidate } from './candidates'
import { GaussianProcess, type Grid, type Prior } from './gaussian-process'
import { InContextAdviser } from './in-context/adviser'
import type { InContextLearner } from './in-context/learner'
import { expectationOf, type Belief } from './belief'
import { FormerRuns, LEAST_PRESENT, type Expectation } from './former-runs'
import { PointMaker, type Point } from './points'

export interface SurrogateOptions {
  readonly space: Space
  /** Stream of the first candidates. */
  readonly random: Random
  /** Evaluations that are planned; refills grow smaller on the way there. */
  readonly budget: number
  /** Random members among the first candidates; descriptors are scaled by them. */
  readonly candidates: number
  readonly grid?: Grid
  /** Asked about the most promising ones, beside the Gaussian process or in its place. */
  readonly learner?: { readonly model: InContextLearner; readonly isAlone: boolean; readonly mostPairs: number }
  /** Former runs to start from. */
  readonly former?: readonly FormerRun[] | undefined
  /** What was learned elsewhere of such architectures, believed from the first result on. */
  readonly belief?: Belief | undefined
  /** Whether what it reads and weighs has bounds, so that a choice takes as long after thousands of results (decision 135). */
  readonly isBounded: boolean
  /** Whether choices that nothing passes are told apart, as runs of before decision 194 do. */
  readonly readsDead?: boolean
  /** Awaited between steps; a search that it ended by throwing must not be asked again. */
  readonly breathe?: Breathe | undefined
}

/** Figures of docs/method.md#surrogate: found on NAS-Bench-201, kept for every space. */
const POOL = 1500
const NEIGHBOURS = 60
const ELITE = 5
const RANDOM_A_STEP = 10
const REFILLS_A_STEP = 10
const FIRST_REFILL_RATE = 0.4
/** Of each former run, architectures that join the candidates. Chosen by us. */
const BEST_OF_FORMER = 60
/**
 * Of those candidates at least a learner beside the process is asked, or not at all: with 6,000 questions until 60 results. It orders
 * better where little is known, and no better from there on (docs/search.md, "What the learner is worth").
 */
const LEAST_ASKED = 100
/** Beyond that belief the learner is not asked: it knows nothing of former runs. Chosen by us. */
const LEARNER_UNTIL = 0.5

/** Bounds (decision 135). With more results than that the process begins anew with fewer, not with each result again. */
const MOST_READ = 250
const READ_ANEW = 200
/** Of a larger batch the assumed results are forgotten after so many; what was chosen is not chosen again. */
const MOST_ASSUMED = 50
/** Points that are made or taken in between two breaths: of long chains some ten milliseconds. */
const A_BREATH = 4

/** A result: higher is better. `objectives` stand in place of the fitness where there are several. */
export interface Told {
  readonly genotype: Genotype
  readonly fitness: number | undefined
  readonly objectives?: readonly number[] | undefined
}

interface Taken {
  readonly genotype: Genotype
  readonly opinion: number
}

interface Evaluated {
  readonly genotype: Genotype
  readonly point: Point
  readonly key: string
  /** Higher is better; under one objective that one alone. */
  readonly objectives: readonly number[]
}

/** What to evaluate next, given all results so far in the order of their trials: a function of both and of the streams. */
export class SurrogateSearch {
  private process: GaussianProcess
  private readonly features: (genotype: Genotype) => Features
  private readonly points: PointMaker
  private readonly advice: Advice | undefined
  private readonly pool = new CandidatePool()
  private readonly evaluated: Evaluated[] = []
  /** Of those evaluated, the first that the process has not taken in or left out. */
  private unread = 0
  private readonly asked = new Set<string>()
  private readonly explored = new Set<string>()
  /** Of each point of the process, in their order. */
  private taken: Taken[] = []
  private believed: Believed | undefined

  private constructor(
    private readonly options: SurrogateOptions,
    first: readonly { readonly genotype: Genotype; readonly features: Features }[],
    private readonly former: FormerRuns | undefined,
  ) {
    const { space, grid, learner } = options
    this.process = new GaussianProcess(grid)
    this.features = featuresOf(space, options.readsDead)
    this.points = new PointMaker(first.map(({ features }) => features))
    if (learner !== undefined) {
      const landmarks = first.map(({ features }) => this.points.point(features))
      const { model, ...how } = learner
      this.advice = { adviser: new InContextAdviser(model, landmarks), ...how }
    }
  }

  /** With its first candidates. @throws what `breathe` throws */
  static async open(options: SurrogateOptions): Promise<SurrogateSearch> {
    const { space, random, candidates, breathe, former = [] } = options
    const features = featuresOf(space, options.readsDead)
    const runs = former.length === 0 ? undefined : await FormerRuns.open(space, former, breathe, options.readsDead)
    const first: { readonly genotype: Genotype; readonly features: Features }[] = []
    for (let i = 0; i < candidates; i++) {
      if (i % A_BREATH === 0) await breathe?.()
      const genotype = space.random(random)
      first.push({ genotype, features: features(genotype) })
    }
    const search = new SurrogateSearch(options, first, runs)
    for (const [i, { genotype }] of first.entries()) {
      if (i % A_BREATH === 0) await breathe?.()
      search.offer(genotype)
    }
    for (const genotype of runs?.best(BEST_OF_FORMER) ?? []) search.offer(genotype)
    return search
  }

  /** From now on this is expected, as far as the results bear it out; to be said before the first result. */
  believe(opinion: Opinion): void {
    this.believed = new Believed(opinion)
  }

  /** Whether a choice is better than chance before there are as many results as a cold search begins with: a former run fits. */
  get isWarm(): boolean {
    return this.former !== undefined && this.evaluated.length >= LEAST_PRESENT && this.expectation() !== undefined
  }

  /** What former runs let expect, or where there are none what was learned elsewhere; undefined where that counts nothing. */
  private expectation(): Omit<Expectation, 'fits'> | undefined {
    const { former, evaluated } = this
    const { belief } = this.options
    // One figure of each result: under several objectives nothing is expected.
    if (evaluated.some(({ objectives }) => objectives.length !== 1)) return undefined
    const present = evaluated.map(({ genotype, objectives: [fitness = 0] }) => ({ genotype, fitness }))
    const expectation = former === undefined ? belief && expectationOf(belief, present) : former.expect(present)
    return expectation !== undefined && expectation.weight > 0 ? expectation : undefined
  }

  /** Whether the learner's share is large enough to show; one that chooses alone always is. */
  private get isWorthAsking(): boolean {
    if (this.advice === undefined) return false
    return this.advice.isAlone || this.advice.mostPairs >= LEAST_ASKED * this.process.size
  }

  /** Results that are known. */
  get size(): number {
    return this.evaluated.length
  }

  /** What there is to choose from now. */
  get candidates(): readonly Candidate[] {
    return this.pool.all()
  }

  /** Has these among what there is to choose from. */
  consider(genotypes: readonly Genotype[]): void {
    for (const genotype of genotypes) this.offer(genotype)
  }

  /** A failed one teaches nothing, but is never suggested again. */
  tell({ genotype, fitness, objectives }: Told): void {
    const key = this.options.space.canonicalKey(genotype)
    const isRepeat = this.evaluated.some((member) => member.key === key)
    this.take(key)
    if (fitness === undefined || isRepeat) return
    const values = objectives ?? [fitness]
    this.evaluated.push({ genotype, key, objectives: values, point: this.points.point(this.features(genotype)) })
  }

  /** Takes in what was told since the last time; of too many, those that say most. */
  private async read(): Promise<void> {
    const { evaluated, options } = this
    const news = evaluated.slice(this.unread)
    const isTooMuch = options.isBounded && this.process.size + news.length > MOST_READ
    if (isTooMuch) {
      this.process = new GaussianProcess(options.grid)
      this.taken = []
      this.pool.truncate(0)
    }
    const taken = isTooMuch ? bestAndSpread(this.order(), READ_ANEW).flatMap((index) => evaluated[index] ?? []) : news
    for (const [i, { genotype, point, objectives }] of taken.entries()) {
      if (i % A_BREATH === 0) await options.breathe?.()
      this.process.add(point, ...objectives)
      this.taken.push({ genotype, opinion: this.believed?.of(this.features(genotype)) ?? 0 })
    }
    this.unread = evaluated.length
  }

  /**
   * What promises most, best first: each of a batch is chosen as if those before it had come out as the mean of all (constant
   * liar: Ginsbourger, Le Riche & Carraro 2010). Fewer, or none, where the candidates are used up.
   */
  async suggest(count: number, random: Random): Promise<Genotype[]> {
    const { evaluated } = this
    const { isBounded, breathe } = this.options
    if (evaluated.length === 0) return []
    await this.read()
    const { process } = this
    await this.widen(random)
    const known = process.size
    const forget = (): void => {
      if (process.size === known) return
      process.truncate(known)
      this.taken.length = known
      this.pool.truncate(known)
    }
    const expectation = this.expectation()
    const prior = (): Prior | undefined =>
      expectation && {
        known: this.taken.map(({ genotype }) => expectation.of(genotype)),
        scale: expectation.scale,
      }
    // Former runs say more of this data than a GPT that has seen none of it.
    const believed = expectation === undefined && this.believed?.counts(evaluated.length) ? this.believed : undefined
    await believed?.ask(this.pool.all(), breathe)
    const isHeard = believed === undefined || this.advice?.isAlone === true || believed.hearsOthers(evaluated.length)
    const means = (evaluated[0]?.objectives ?? []).map(
      (_, i) => evaluated.reduce((sum, { objectives }) => sum + (objectives[i] ?? 0), 0) / evaluated.length,
    )
    const chosen: Genotype[] = []
    while (chosen.length < count) {
      await breathe?.()
      if (isBounded && process.size >= known + MOST_ASSUMED) forget()
      process.fit({ prior: prior(), beliefs: believed?.beliefs(this.taken.map(({ opinion }) => opinion)) })
      // A learner reads one figure of each result.
      const isAsked = means.length === 1 && (expectation?.weight ?? 0) <= LEARNER_UNTIL && isHeard && this.isWorthAsking
      const best = await this.pool.best(process, POOL, acquisitionOf(process, isBounded), {
        ...{ advice: isAsked ? this.advice : undefined, prior: expectation?.of, breathe },
      })
      if (best === undefined) break
      chosen.push(best.genotype)
      this.take(best.key)
      if (chosen.length < count) {
        process.add(best.point, ...means)
        this.taken.push({ genotype: best.genotype, opinion: best.opinion ?? 0 })
      }
    }
    forget()
    return chosen
  }

  /** Expected improvement of the most promising candidate, in normal quantiles of what is known; null where there is none. */
  async promise(random: Random): Promise<number | null> {
    if (this.evaluated.length === 0) return null
    const { isBounded, breathe } = this.options
    await this.read()
    await this.widen(random)
    this.process.fit()
    const best = await this.pool.best(this.process, POOL, acquisitionOf(this.process, isBounded), { breathe })
    return best?.promise ?? null
  }

  private take(key: string): void {
    this.asked.add(key)
    this.pool.remove(key)
  }

  /** Indices of what was evaluated, the best first; under several objectives the least crowded of the front (Deb et al. 2002). */
  private order(): readonly number[] {
    const { evaluated } = this
    const isSingle = (evaluated[0]?.objectives.length ?? 1) === 1
    return isSingle
      ? evaluated.map((_, i) => i).sort((a, b) => firstOf(evaluated[b]) - firstOf(evaluated[a]))
      : crowdedOrder(evaluated.map(({ objectives }) => objectives))
  }

  private elite(): readonly Evaluated[] {
    return this.order()
      .slice(0, ELITE)
      .flatMap((index) => this.evaluated[index] ?? [])
  }

  /** The stream is drawn from in the same order whoever breathes meanwhile. */
  private async widen(random: Random): Promise<void> {
    const { space, budget, breathe } = this.options
    const elite = this.elite()
    let offered = 0
    const offer = async (genotype: Genotype): Promise<void> => {
      if (offered++ % A_BREATH === 0) await breathe?.()
      this.offer(genotype)
    }
    for (const { genotype, key } of elite) {
      if (this.explored.has(key)) continue
      this.explored.add(key)
      const near = space.neighbours(genotype)
      for (const neighbour of near.length <= NEIGHBOURS ? near : random.shuffle(near).slice(0, NEIGHBOURS))
        await offer(neighbour)
    }
    const rate = FIRST_REFILL_RATE * Math.max(0, 1 - this.evaluated.length / budget)
    for (let i = 0; i < RANDOM_A_STEP; i++) await offer(space.random(random))
    for (let i = 0; i < REFILLS_A_STEP; i++) {
      const parent = elite[i % elite.length]
      if (parent !== undefined) await offer(refilled(space, parent.genotype, rate, random))
    }
  }

  private offer(genotype: Genotype): void {
    const key = this.options.space.canonicalKey(genotype)
    if (this.asked.has(key) || this.pool.has(key)) return
    const features = this.features(genotype)
    this.pool.add(genotype, key, this.points.point(features), features)
  }
}

const firstOf = (member: Evaluated | undefined): number => member?.objectives[0] ?? 0

/** A copy with random names at each position with probability `rate`, at least at one; what cannot stand there is left out. */
function refilled(space: Space, genotype: Genotype, rate: number, random: Random): Genotype {
  const positions = Array.from({ length: space.positions(genotype) }, (_, position) => position)
  const drawn = positions.filter(() => random.chance(rate))
  const emptied = drawn.length > 0 || positions.length === 0 ? drawn : [random.choice(positions)]
  const names = space.names()
  return emptied.reduce(
    (result, position) => space.replaceAt(result, position, random.choice(names)) ?? result,
    genotype,
  )
}
