// Which architecture of a search to hand out where evaluations are noisy: the one that a Gaussian process over all results expects most
// of. The best measured one is often the luckiest (docs/decisions/144-the-winner-under-noise.md). Results of one architecture with
// several seeds say how noisy evaluations are (decision 136).
import type { Breathe } from '../breathe'
import type { Random } from '../random'
import type { Genotype, Space } from '../spaces/space'
import { LEAST_RESULTS } from '../search/winner'
import type { Features } from '../spaces/features'
import { bestAndSpread } from './best-and-spread'
import { featuresOf } from './features-of'
import { DESCRIPTOR_GRID, GaussianProcess } from './gaussian-process'
import { PointMaker } from './points'
import { rankQuantiles } from './rank-quantiles'
import { spreadWithin } from './spread-within'

export interface Result {
  readonly genotype: Genotype
  /** Higher is better. */
  readonly score: number
}

export interface Expected {
  /** Index of the architecture's first result. */
  readonly index: number
  /** What the process expects of another evaluation like those before, on the scale of the scores. */
  readonly score: number
  /** Of the architecture's own results: how many there are, and their mean. */
  readonly results: number
  readonly mean: number
}

export interface Ranking {
  /** Every architecture that was read, the best by what is expected of it first, the earlier one of equals. */
  readonly ranked: readonly Expected[]
  /** Deviation of a score from seed to seed, and degrees of freedom of that; null where no architecture has two results. */
  readonly noise: { readonly deviation: number; readonly freedom: number } | null
}

/** The process takes some seconds with so many; of more, the best half of them and an even choice of the others. Chosen by us. */
const MOST_RESULTS = 300
/** Random members that descriptors are scaled by, beside the results. */
const REFERENCE = 200
/** Architectures read between two breaths: some ten milliseconds. */
const A_BREATH = 10
/**
 * Degrees of freedom from which on measured noise replaces the guessed one: with four a variance is known to a factor of about three
 * either way (chi-squared, 95 %), no worse than the grid of guesses, which spans fifteen. Chosen by us.
 */
const LEAST_FREEDOM = 4
/** A process needs some noise to be solved, and more than that of the signal leaves nothing to learn. */
const NOISE_RANGE = [0.005, 1] as const

/**
 * @param results in the order of their trials; those of one architecture are told apart from others by its canonical key
 * @param random stream of the reference members
 * @param breathe awaited between steps of some ten milliseconds
 * @returns null for fewer than ten architectures
 */
export async function posteriorRanking(
  space: Space,
  results: readonly Result[],
  random: Random,
  breathe?: Breathe,
): Promise<Ranking | null> {
  const keys = results.map(({ genotype }) => space.canonicalKey(genotype))
  if (new Set(keys).size < LEAST_RESULTS) return null
  const known = chosen(results)
  const scores = known.map(({ score }) => score)
  const groups = grouped(known.map(({ index }) => keys[index] ?? ''))
  const features = featuresOf(space)
  const reference = Array.from({ length: REFERENCE }, () => space.random(random))
  const read: Features[] = []
  for (const genotype of [...reference, ...known.map(({ genotype }) => genotype)]) {
    if (read.length % A_BREATH === 0) await breathe?.()
    read.push(features(genotype))
  }
  const maker = new PointMaker(read)
  const process = new GaussianProcess({ ...DESCRIPTOR_GRID, noises: noisesOf(scores, groups) })
  const points = read.slice(REFERENCE).map((each) => maker.point(each))
  for (const [i, point] of points.entries()) {
    await breathe?.()
    process.add(point, scores[i] ?? 0)
  }
  process.fit()
  const quantiles = process.targets.map(([value = 0]) => value)
  const ranked: (Expected & { readonly quantile: number })[] = []
  for (const places of groups) {
    await breathe?.()
    const [first = 0] = places
    const point = points[first]
    if (point === undefined) continue
    const predictions = process.predictions(process.distances(point))
    const quantile = predictions.reduce((sum, { weight, mean }) => sum + weight * mean, 0)
    const mean = places.reduce((sum, place) => sum + (scores[place] ?? 0), 0) / places.length
    const score = scoreAt(quantile, quantiles, scores)
    ranked.push({ index: known[first]?.index ?? 0, score, results: places.length, mean, quantile })
  }
  ranked.sort((a, b) => b.quantile - a.quantile || a.index - b.index)
  const spread = spreadWithin(scores, groups)
  return {
    ranked: ranked.map(({ index, score, results: count, mean }) => ({ index, score, results: count, mean })),
    noise: spread && { deviation: Math.sqrt(spread.variance), freedom: spread.freedom },
  }
}

/** Places of each key, in the order of their first ones. */
function grouped(keys: readonly string[]): number[][] {
  const groups = new Map<string, number[]>()
  keys.forEach((key, place) => groups.set(key, [...(groups.get(key) ?? []), place]))
  return [...groups.values()]
}

/** Noise as the process counts it, of the variance of ranks: as it was measured, or guessed where too little was. */
function noisesOf(scores: readonly number[], groups: readonly (readonly number[])[]): readonly number[] {
  const measured = spreadWithin([...rankQuantiles(scores)], groups)
  if (measured === null || measured.freedom < LEAST_FREEDOM) return DESCRIPTOR_GRID.noises
  const [least, most] = NOISE_RANGE
  return [Math.min(most, Math.max(least, measured.variance))]
}

function chosen(results: readonly Result[]): (Result & { readonly index: number })[] {
  const all = results.map((result, index) => ({ ...result, index }))
  const ordered = [...all].sort((a, b) => b.score - a.score || a.index - b.index)
  const kept = bestAndSpread(
    ordered.map(({ index }) => index),
    MOST_RESULTS,
  )
  return kept.flatMap((index) => all[index] ?? [])
}

/** The score at a quantile, between those of the results beside it; beyond them, that of the last. */
function scoreAt(quantile: number, quantiles: readonly number[], scores: readonly number[]): number {
  const steps = quantiles
    .map((at, i) => ({ at, score: scores[i] ?? 0 }))
    .sort((a, b) => a.at - b.at || a.score - b.score)
  const above = steps.findIndex(({ at }) => at >= quantile)
  const [low, high] = [steps[above - 1], steps[above]]
  if (high === undefined) return steps[steps.length - 1]?.score ?? 0
  if (low === undefined) return high.score
  const share = high.at === low.at ? 1 : (quantile - low.at) / (high.at - low.at)
  return low.score + share * (high.score - low.score)
}
