// Which architecture of a search to hand out where evaluations are noisy: the one that a Gaussian process over all results expects most
// of. The best measured one is often the luckiest (docs/decisions/144-the-winner-under-noise.md).
import type { Random } from '../random'
import type { Genotype, Space } from '../spaces/space'
import { LEAST_RESULTS } from '../search/winner'
import { bestAndSpread } from './best-and-spread'
import { featuresOf } from './features-of'
import { GaussianProcess } from './gaussian-process'
import { PointMaker } from './points'

export interface Result {
  readonly genotype: Genotype
  /** Higher is better. */
  readonly score: number
}

export interface Expected {
  /** Index of the result. */
  readonly index: number
  /** What the process expects of another evaluation like those before, on the scale of the scores. */
  readonly score: number
}

/** The process takes some seconds with so many; of more, the best half of them and an even choice of the others. Chosen by us. */
const MOST_RESULTS = 300
/** Random members that descriptors are scaled by, beside the results. */
const REFERENCE = 200

/**
 * @param results of distinct architectures, in the order of their trials
 * @param random stream of the reference members
 * @returns the best by what is expected of it, the earlier one of equals; null for fewer than ten results
 */
export function posteriorWinner(space: Space, results: readonly Result[], random: Random): Expected | null {
  if (results.length < LEAST_RESULTS) return null
  const known = chosen(results)
  const features = featuresOf(space)
  const reference = Array.from({ length: REFERENCE }, () => space.random(random))
  const maker = new PointMaker([...reference, ...known.map(({ genotype }) => genotype)].map(features))
  const process = new GaussianProcess()
  const points = known.map(({ genotype }) => maker.point(features(genotype)))
  points.forEach((point, i) => process.add(point, known[i]?.score ?? 0))
  process.fit()
  const quantiles = process.targets.map(([value = 0]) => value)
  let best: { readonly place: number; readonly mean: number } | undefined
  points.forEach((point, place) => {
    const predictions = process.predictions(process.distances(point))
    const mean = predictions.reduce((sum, { weight, mean: own }) => sum + weight * own, 0)
    if (best === undefined || mean > best.mean) best = { place, mean }
  })
  const winner = best && known[best.place]
  if (best === undefined || winner === undefined) return null
  return {
    index: winner.index,
    score: scoreAt(
      best.mean,
      quantiles,
      known.map(({ score }) => score),
    ),
  }
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
