// The trade-off between cost and accuracy: trials that no other one beats in both.
import type { Trial } from '@shared/search/trial'

/**
 * Trials with no other of at most their parameters and at least their fitness (one of the two strictly), cheapest first.
 * Of equals the earliest stays. Trials without fitness are left out. O(n log n).
 */
export function paretoFront(trials: readonly Trial[]): readonly Trial[] {
  const sorted = trials
    .filter((trial) => trial.fitness !== null)
    .sort((a, b) => a.parameters - b.parameters || (b.fitness ?? 0) - (a.fitness ?? 0) || a.number - b.number)
  const front: Trial[] = []
  for (const trial of sorted) {
    const best = front.at(-1)?.fitness ?? Number.NEGATIVE_INFINITY
    if ((trial.fitness ?? 0) > best) front.push(trial)
  }
  return front
}
