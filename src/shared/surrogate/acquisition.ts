// What evaluating a candidate is worth: expected improvement under one objective; under several the expected growth of the volume
// that the front dominates (Emmerich, Giannakoglou & Naujoks 2006), exact for two, by a sample for more.
import { jStat } from 'jstat'
import { hypervolumeGain } from '../objectives/hypervolume'
import { frontOf } from '../objectives/pareto'
import { createRandom } from '../random'
import type { Acquisition } from './candidates'
import { expectedImprovement } from './expected-improvement'
import type { GaussianProcess, Prediction } from './gaussian-process'

type Point = readonly number[]

/** The reference point lies so far below the worst seen, as a share of the extent of what was seen (docs/decisions/142). */
const BELOW_WORST = 0.1
/** Draws of a sample; the same for all candidates, so that their order does not hang on luck. Chosen for speed. */
const DRAWS = 32

/** @param process fitted, with at least one point */
export function acquisitionOf(process: GaussianProcess): Acquisition {
  const seen = process.targets
  const width = seen[0]?.length ?? 1
  if (width === 1) {
    const best = seen.reduce((most, [value = -Infinity]) => Math.max(most, value), -Infinity)
    return (distances, models) => expectedImprovement(process.predictions(distances, models), best)
  }
  const front = frontOf(seen).map((index) => seen[index] ?? [])
  const reference = referenceOf(seen)
  const objectives = Array.from({ length: width }, (_, i) => i)
  if (width === 2) {
    const growth = expectedGrowth(front, reference)
    return (distances, models) =>
      growth(process.predictions(distances, models, 0), process.predictions(distances, models, 1))
  }
  const sample = normalSample(width)
  return (distances, models) => {
    const beliefs = objectives.map((objective) => moments(process.predictions(distances, models, objective)))
    const gains = sample.map((draw) =>
      hypervolumeGain(
        beliefs.map(({ mean, deviation }, i) => mean + deviation * (draw[i] ?? 0)),
        front,
        reference,
      ),
    )
    return gains.reduce((sum, gain) => sum + gain, 0) / gains.length
  }
}

/** Below the worst seen, so that the ends of the front count as well. */
export function referenceOf(points: readonly Point[]): number[] {
  return (points[0] ?? []).map((_, i) => {
    const values = points.map((point) => point[i] ?? 0)
    const [least, most] = [Math.min(...values), Math.max(...values)]
    return least - BELOW_WORST * (most - least || 1)
  })
}

/**
 * Exact for two independent objectives, both to be made larger. The plane is cut into strips where points of the front begin; in each
 * the gain is a product of two improvements, and so is its expectation.
 * @param front not dominated by each other, all above the reference @returns of what two models believe, the expected gain
 */
export function expectedGrowth(
  front: readonly Point[],
  reference: Point,
): (first: readonly Prediction[], second: readonly Prediction[]) => number {
  const points = [...front].sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0))
  const edges = [reference[0] ?? 0, ...points.map(([x = 0]) => x)]
  /** What is dominated already between one edge and the next; nothing is behind the last. */
  const heights = [...points.map(([, y = 0]) => y), reference[1] ?? 0]
  return (first, second) => {
    const beyond = edges.map((edge) => expectedImprovement(first, edge))
    return heights.reduce((sum, height, strip) => {
      const width = (beyond[strip] ?? 0) - (beyond[strip + 1] ?? 0)
      return sum + width * expectedImprovement(second, height)
    }, 0)
  }
}

/** Mean and deviation of what several models say together. */
function moments(predictions: readonly Prediction[]): { readonly mean: number; readonly deviation: number } {
  let [mean, square, total] = [0, 0, 0]
  for (const { weight, mean: own, deviation } of predictions) {
    mean += weight * own
    square += weight * (deviation ** 2 + own ** 2)
    total += weight
  }
  mean /= total
  return { mean, deviation: Math.sqrt(Math.max(0, square / total - mean ** 2)) }
}

/** Standard normal, each objective in even quantiles that are shuffled on their own (a Latin hypercube). */
function normalSample(width: number): readonly Point[] {
  const random = createRandom(0)
  const columns = Array.from({ length: width }, (_, objective) =>
    random.fork(objective).shuffle(Array.from({ length: DRAWS }, (__, i) => jStat.normal.inv((i + 0.5) / DRAWS, 0, 1))),
  )
  return Array.from({ length: DRAWS }, (_, draw) => columns.map((column) => column[draw] ?? 0))
}
