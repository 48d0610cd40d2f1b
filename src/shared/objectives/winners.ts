// Which of a run's trials its objective puts first: the best by one figure, and the front where there are several.
import { frontOf } from './pareto'
import { hypervolumeReached } from './progress'
import type { Objective } from './schema'
import { objectivesOf, scoreOf, type Judged } from './score'

/** The highest score, the earlier one of equals; undefined where none has one. @param trials in their order */
export function bestOf<T extends Judged>(objective: Objective, trials: readonly T[]): T | undefined {
  let best: { readonly trial: T; readonly score: number } | undefined
  for (const trial of trials) {
    const score = scoreOf(objective, trial)
    if (score !== undefined && (best === undefined || score > best.score)) best = { trial, score }
  }
  return best?.trial
}

export interface Front<T> {
  /** Best fitness first. */
  readonly trials: readonly T[]
  /** As `hypervolumeReached` says. */
  readonly hypervolume: number | null
}

/**
 * Null where the objective is one figure.
 * @param trials in their order
 * @param asTheyEnded the same in the order in which they came to their results, which no later result changes; left out, that is their order
 */
export function frontAmong<T extends Judged>(
  objective: Objective,
  trials: readonly T[],
  asTheyEnded: readonly T[] = trials,
): Front<T> | null {
  if (objective.kind !== 'pareto') return null
  const known = trials.flatMap((trial) => {
    const point = objectivesOf(objective, trial)
    return point === undefined ? [] : [{ trial, point }]
  })
  const points = known.map(({ point }) => point)
  const reached = asTheyEnded.flatMap((trial) => {
    const point = objectivesOf(objective, trial)
    return point === undefined ? [] : [point]
  })
  const front = frontOf(points).flatMap((index) => known[index] ?? [])
  front.sort((a, b) => (b.point[0] ?? 0) - (a.point[0] ?? 0))
  return { trials: front.map(({ trial }) => trial), hypervolume: hypervolumeReached(reached) }
}
