// What former runs say of a space, for a search that starts from them (decision 151): their results, also of other data sets, as ranks,
// each run learned by a Gaussian process of its own; and how far it is believed, which its rank correlation with the present results
// decides anew with each of them. A run that orders otherwise than the present one counts nothing.
import type { Breathe } from '../breathe'
import { createRandom } from '../random'
import type { FormerFit, FormerRun } from '../search/former-runs'
import type { Genotype, Space } from '../spaces/space'
import { bestAndSpread } from './best-and-spread'
import { featuresOf } from './features-of'
import { GaussianProcess } from './gaussian-process'
import { PointMaker, type Point } from './points'
import { rankCorrelation } from './rank-correlation'

/** Fewer results of the present space tell nothing: a process of five points is mostly its own assumptions. Chosen by us. */
const LEAST_USED = 5
/** Read of each run, as a surrogate reads its own results (decision 135). */
const MOST_USED = 200
/** Random members that descriptors are scaled by, beside the results: as of a winner by all results. */
const REFERENCE = 200
/** Present results before the first correlation: its lower bound (below) needs more than three. */
export const LEAST_PRESENT = 4
/** A belief this strong would leave the present results nothing to say. Chosen by us. */
const MOST_WEIGHT = 0.95
const TINY = 1e-9

/** A present result, higher is better. */
interface Present {
  readonly genotype: Genotype
  readonly fitness: number
}

/** What the former runs let expect, as far as they are believed. */
export interface Expectation {
  /** In normal quantiles of rank among the present results; 0 where nothing is believed. */
  readonly of: (genotype: Genotype) => number
  /** Share of the deviation of ranks that is left to the present results to explain. */
  readonly scale: number
  /** 0 to 1: how much the former runs count together. */
  readonly weight: number
  readonly fits: readonly FormerFit[]
}

interface Source {
  readonly run: FormerRun
  readonly used: readonly Genotype[]
  readonly process: GaussianProcess
}

/** A function of the space and the former runs alone, and what it says of the present results as well. */
export class FormerRuns {
  private readonly means = new Map<string, readonly number[]>()

  private constructor(
    private readonly space: Space,
    private readonly point: (genotype: Genotype) => Point,
    private readonly sources: readonly Source[],
    private readonly left: readonly FormerFit[],
  ) {}

  /**
   * @param breathe awaited between steps of some ten milliseconds
   * @param readsDead as the search that starts from them does
   * @throws what `breathe` throws
   */
  static async open(
    space: Space,
    runs: readonly FormerRun[],
    breathe?: Breathe,
    readsDead?: boolean,
  ): Promise<FormerRuns> {
    const features = featuresOf(space, readsDead)
    const random = createRandom(0).fork('former-runs')
    const read = runs.map((run) => ({ run, results: resultsIn(space, run) }))
    const reference = Array.from({ length: REFERENCE }, () => features(space.random(random)))
    const maker = new PointMaker([
      ...reference,
      ...read.flatMap(({ results }) => results.map(({ genotype }) => features(genotype))),
    ])
    const point = (genotype: Genotype): Point => maker.point(features(genotype))
    const sources: Source[] = []
    const left: FormerFit[] = []
    for (const { run, results } of read) {
      if (results.length < LEAST_USED) {
        left.push({ ...factsOf(run, results.length), correlation: null, weight: 0 })
        continue
      }
      const process = new GaussianProcess()
      for (const { genotype, fitness } of results) {
        await breathe?.()
        process.add(point(genotype), fitness)
      }
      process.fit()
      sources.push({ run, used: results.map(({ genotype }) => genotype), process })
    }
    return new FormerRuns(space, point, sources, left)
  }

  /** Architectures of theirs, the best of each run first. */
  best(most: number): Genotype[] {
    return this.sources.flatMap(({ used, process }) => {
      const order = used.map((_, i) => i).sort((a, b) => (process.quantiles[b] ?? 0) - (process.quantiles[a] ?? 0))
      return order.slice(0, most).flatMap((i): Genotype[] => (used[i] === undefined ? [] : [used[i]]))
    })
  }

  /** @param present distinct architectures */
  expect(present: readonly Present[]): Expectation {
    const rows = present.map(({ genotype }) => this.meansOf(genotype))
    const fitness = present.map(({ fitness: value }) => value)
    const fits = this.sources.map(({ run, used }, source): FormerFit => {
      const correlation = rankCorrelation(
        rows.map((row) => row[source] ?? 0),
        fitness,
      )
      return { ...factsOf(run, used.length), correlation, weight: believed(correlation, present.length) }
    })
    const scales = this.sources.map((_, source) => standardOf(rows.map((row) => row[source] ?? 0)))
    const total = fits.reduce((sum, { weight }) => sum + weight, 0)
    const mixed = (row: readonly number[]): number =>
      fits.reduce((sum, { weight }, source) => {
        const { mean = 0, deviation = 1 } = scales[source] ?? {}
        return sum + (weight * ((row[source] ?? 0) - mean)) / deviation
      }, 0) / Math.max(total, TINY)
    const mixtures = rows.map(mixed)
    const weight = total === 0 ? 0 : believed(rankCorrelation(mixtures, fitness), present.length)
    const standard = standardOf(mixtures)
    return {
      of: (genotype) =>
        weight === 0 ? 0 : (weight * (mixed(this.meansOf(genotype)) - standard.mean)) / standard.deviation,
      scale: Math.sqrt(1 - weight ** 2),
      weight,
      fits: [...fits, ...this.left],
    }
  }

  private meansOf(genotype: Genotype): readonly number[] {
    const key = this.space.canonicalKey(genotype)
    const known = this.means.get(key)
    if (known !== undefined) return known
    const point = this.point(genotype)
    const means = this.sources.map(({ process }) =>
      process.predictions(process.distances(point)).reduce((sum, { weight, mean }) => sum + weight * mean, 0),
    )
    this.means.set(key, means)
    return means
  }
}

const factsOf = ({ number, name, results }: FormerRun, used: number) => ({ number, name, used, of: results.length })

/**
 * How far a rank correlation is believed: its lower bound of one standard error (Fisher 1915), never below 0, so that chance in few
 * results counts little and the opposite order nothing.
 */
function believed(correlation: number | null, count: number): number {
  if (correlation === null || count < LEAST_PRESENT) return 0
  const held = Math.max(-1 + TINY, Math.min(1 - TINY, correlation))
  return Math.max(0, Math.min(MOST_WEIGHT, Math.tanh(Math.atanh(held) - 1 / Math.sqrt(count - 3))))
}

function standardOf(values: readonly number[]): { readonly mean: number; readonly deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length)
  return { mean, deviation: Math.sqrt(square) || 1 }
}

/** Those of a run that are of the present space, distinct; of too many, the best and an even choice of the others. */
function resultsIn(space: Space, { results }: FormerRun): Present[] {
  const known = new Map<string, Present>()
  const name = space.random(createRandom(0)).space
  for (const { genotype, fitness } of results) {
    const own = read(space, name, genotype)
    if (own === undefined) continue
    const key = space.canonicalKey(own)
    if (!known.has(key)) known.set(key, { genotype: own, fitness })
  }
  const all = [...known.values()]
  const order = all.map((_, i) => i).sort((a, b) => (all[b]?.fitness ?? 0) - (all[a]?.fitness ?? 0) || a - b)
  return bestAndSpread(order, MOST_USED).flatMap((i) => all[i] ?? [])
}

/**
 * As one of the present space, whatever the former one was called: one of the same places and choices, measured on other data, has
 * another name. @returns undefined for what is not of the space
 */
function read(space: Space, own: unknown, genotype: Readonly<Record<string, unknown>>): Genotype | undefined {
  try {
    const parsed = space.parse({ ...genotype, space: own })
    return space.problems(parsed).length === 0 ? parsed : undefined
  } catch {
    return undefined
  }
}
