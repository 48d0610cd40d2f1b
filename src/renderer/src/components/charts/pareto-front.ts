// The trade-off between cost and accuracy: trials that no other one beats in both, or, where the run has a front of its own, that one.
import type { Trial } from '@shared/search/trial'
import { PARAMETERS, type Cost } from './cost'

/**
 * Trials with no other of at most their cost and at least their fitness (one of the two strictly), cheapest first.
 * Of equals the earliest stays. Trials without fitness or cost are left out. O(n log n).
 */
export function paretoFront(trials: readonly Trial[], cost: Cost = PARAMETERS): readonly Trial[] {
  const sorted = trials
    .flatMap((trial) => {
      const costs = cost.of(trial)
      return trial.fitness === null || costs === null ? [] : [{ trial, costs, fitness: trial.fitness }]
    })
    .sort((a, b) => a.costs - b.costs || b.fitness - a.fitness || a.trial.number - b.trial.number)
  let best = Number.NEGATIVE_INFINITY
  return sorted.flatMap(({ trial, fitness }) => {
    if (fitness <= best) return []
    best = fitness
    return [trial]
  })
}

/** Those of a run's own front, cheapest first, as the step line goes. Under more than two objectives the line is its shadow on these two. */
export function frontOfRun(trials: readonly Trial[], frontIds: readonly number[], cost: Cost): readonly Trial[] {
  const onFront = new Set(frontIds)
  return trials.filter(({ id }) => onFront.has(id)).sort((a, b) => (cost.of(a) ?? 0) - (cost.of(b) ?? 0))
}
