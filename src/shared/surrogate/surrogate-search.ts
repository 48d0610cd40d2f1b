// Search by a Gaussian process over any space: some random architectures first, then always the candidate that promises most.
// Candidates are random members, neighbours of the best and refills of the best (docs/method.md, "Surrogate").
import type { Random } from '../random'
import type { Features } from '../spaces/features'
import { featuresOf } from './features-of'
import type { Genotype, Space } from '../spaces/space'
import { CandidatePool } from './candidates'
import { GaussianProcess, type Grid } from './gaussian-process'
import { PointMaker } from './points'

export interface SurrogateOptions {
  readonly space: Space
  readonly random: Random
  /** Evaluations that are planned; refills grow smaller on the way there. */
  readonly budget: number
  /** Random architectures before the first one that is chosen. */
  readonly initial: number
  readonly grid?: Grid
}

/** Figures of docs/method.md, "Surrogate": found on NAS-Bench-201, kept for every space. */
const FIRST_POOL = 1000
const POOL = 1500
const NEIGHBOURS = 60
const ELITE = 5
const RANDOM_A_STEP = 10
const REFILLS_A_STEP = 10
const FIRST_REFILL_RATE = 0.4
/** Tries for a member that is not known yet, in spaces that are nearly used up. */
const TRIES = 50

interface Evaluated {
  readonly genotype: Genotype
  readonly key: string
  readonly fitness: number
}

/** What to evaluate next, given all results so far in the order of their trials: a function of both and of the seed. */
export class SurrogateSearch {
  private readonly process: GaussianProcess
  private readonly features: (genotype: Genotype) => Features
  private readonly points: PointMaker
  private readonly pool = new CandidatePool()
  private readonly evaluated: Evaluated[] = []
  private readonly asked = new Set<string>()
  private readonly explored = new Set<string>()

  constructor(private readonly options: SurrogateOptions) {
    const { space, random, grid } = options
    this.process = new GaussianProcess(grid)
    this.features = featuresOf(space)
    const stream = random.fork('pool')
    const first = Array.from({ length: FIRST_POOL }, () => space.random(stream))
    this.points = new PointMaker(first.map(this.features))
    for (const genotype of first) this.offer(genotype)
  }

  /** The next architecture; undefined when a bounded number of tries finds none that was not asked before. */
  next(): Genotype | undefined {
    const { evaluated, options } = this
    const step = options.random.fork(`step-${this.asked.size}`)
    const isBeginning = this.asked.size < options.initial || evaluated.length === 0
    const chosen = isBeginning ? this.unknown(step) : this.promising(step)
    if (chosen === undefined) return undefined
    const key = options.space.canonicalKey(chosen)
    this.asked.add(key)
    this.pool.remove(key)
    return chosen
  }

  /** A failed one teaches nothing, but is never asked again. @param fitness higher is better */
  tell(genotype: Genotype, fitness: number | undefined): void {
    const { space } = this.options
    const key = space.canonicalKey(genotype)
    this.asked.add(key)
    this.pool.remove(key)
    if (fitness === undefined) return
    this.evaluated.push({ genotype, key, fitness })
    this.process.add(this.points.point(this.features(genotype)), fitness)
  }

  private promising(random: Random): Genotype | undefined {
    this.widen(random)
    this.process.fit()
    return this.pool.best(this.process, POOL)?.genotype ?? this.unknown(random)
  }

  private unknown(random: Random): Genotype | undefined {
    const { space } = this.options
    for (let tries = 0; tries < TRIES; tries++) {
      const genotype = space.random(random)
      if (!this.asked.has(space.canonicalKey(genotype))) return genotype
    }
    return undefined
  }

  private widen(random: Random): void {
    const { space, budget } = this.options
    const elite = [...this.evaluated].sort((a, b) => b.fitness - a.fitness).slice(0, ELITE)
    for (const { genotype, key } of elite) {
      if (this.explored.has(key)) continue
      this.explored.add(key)
      const near = space.neighbours(genotype)
      for (const neighbour of near.length <= NEIGHBOURS ? near : random.shuffle(near).slice(0, NEIGHBOURS))
        this.offer(neighbour)
    }
    const rate = FIRST_REFILL_RATE * Math.max(0, 1 - this.evaluated.length / budget)
    for (let i = 0; i < RANDOM_A_STEP; i++) this.offer(space.random(random))
    for (let i = 0; i < REFILLS_A_STEP; i++) {
      const parent = elite[i % elite.length]
      if (parent !== undefined) this.offer(refilled(space, parent.genotype, rate, random))
    }
  }

  private offer(genotype: Genotype): void {
    const { space } = this.options
    const key = space.canonicalKey(genotype)
    if (this.asked.has(key) || this.pool.has(key)) return
    this.pool.add(genotype, key, this.points.point(this.features(genotype)))
  }
}

/** A copy with random names at each position with probability `rate`, at least at one; what cannot stand there is left out. */
export function refilled(space: Space, genotype: Genotype, rate: number, random: Random): Genotype {
  const positions = Array.from({ length: space.positions(genotype) }, (_, position) => position)
  const drawn = positions.filter(() => random.chance(rate))
  const emptied = drawn.length > 0 || positions.length === 0 ? drawn : [random.choice(positions)]
  const names = space.names()
  return emptied.reduce(
    (result, position) => space.replaceAt(result, position, random.choice(names)) ?? result,
    genotype,
  )
}
