// What evaluating a candidate is worth: expected improvement under one objective; under several the expected growth of the volume
// that the front dominates (Emmerich, Giannakoglou & Naujoks 2006), exact for two, by a sample for more.
import { jStat } from 'jstat'
import { hypervolumeGain } from '../objectives/hypervolume'
import { crowdedOrder, frontOf } from '../objectives/pareto'
import { createRandom } from '../random'
import type { Acquisition } from './candidates'
import { expectedImprovement } from './expected-improvement'
import type { Distances, GaussianProcess, Prediction } from './gaussian-process'

type Point = readonly number[]

/** The reference point lies so far below the worst seen, as a share of the extent of what was seen (docs/decisions/142). */
const BELOW_WORST = 0.1
/** Draws of a sample; the same for all candidates, so that their order does not hang on luck. Chosen for speed. */
const DRAWS = 32

/** Candidates that all models are asked about; the likeliest one has put the rest further back. */
const SHORTLIST = 300
/** Where a volume is worth its time (three objectives or more), so many candidates, and so many points of the front (decision 135). */
const BOUNDED_SHORTLIST = 100
const BOUNDED_FRONT = 30

/**
 * @param process fitted, with at least one point
 * @param isBounded whether volumes are worked out of part of the front, for part of the candidates
 */
export function acquisitionOf(process: GaussianProcess, isBounded: boolean): Acquisition {
  const seen = process.targets
  const width = seen[0]?.length ?? 1
  if (width === 1) {
    const best = seen.reduce((most, [value = -Infinity]) => Math.max(most, value), -Infinity)
    return of((distances, models) => expectedImprovement(process.predictions(distances, models), best))
  }
  const front = frontOf(seen).map((index) => seen[index] ?? [])
  const reference = referenceOf(seen)
  if (width > 2) return byVolume(process, width, front, reference, isBounded)
  const growth = expectedGrowth(front, reference)
  return of((distances, models) =>
    growth(process.predictions(distances, models, 0), process.predictions(distances, models, 1)),
  )
}

/** @param worth by so many of the likeliest models; by all where that is left out */
function of(worth: (distances: Distances, models?: number) => number): Acquisition {
  return { worth: (distances) => worth(distances), guess: (distances) => worth(distances, 1), shortlist: SHORTLIST }
}

function byVolume(
  process: GaussianProcess,
  width: number,
  whole: readonly Point[],
  reference: Point,
  isBounded: boolean,
): Acquisition {
  const front = isBounded ? leastCrowded(whole, BOUNDED_FRONT) : whole
  const sample = normalSample(width)
  const objectives = Array.from({ length: width }, (_, i) => i)
  const beliefs = (distances: Distances, models?: number) =>
    objectives.map((objective) => moments(process.predictions(distances, models, objective)))
  const gainAt = (believed: ReturnType<typeof beliefs>, draw: Point): number =>
    hypervolumeGain(
      believed.map(({ mean, deviation }, i) => mean + deviation * (draw[i] ?? 0)),
      front,
      reference,
    )
  const byDraws = (distances: Distances, models?: number): number => {
    const believed = beliefs(distances, models)
    return sample.reduce((sum, draw) => sum + gainAt(believed, draw), 0) / sample.length
  }
  if (!isBounded) return of(byDraws)
  // One point in place of all draws: a deviation above what is expected of each objective.
  const hopeful = objectives.map(() => 1)
  return {
    worth: (distances) => byDraws(distances),
    guess: (distances) => gainAt(beliefs(distances, 1), hopeful),
    shortlist: BOUNDED_SHORTLIST,
  }
}

/** The ends of a front and what is least crowded between them, best first. */
const leastCrowded = (front: readonly Point[], most: number): readonly Point[] =>
  front.length <= most
    ? front
    : crowdedOrder(front)
        .slice(0, most)
        .flatMap((index) => [front[index] ?? []])

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
