// What the trade-off is drawn against: parameters where the run has networks, else the first cost that its table measured.
import type { Trial } from '@shared/search/trial'

export interface Cost {
  /** Null for parameters, which have a name in every language; else the user's own word. */
  readonly name: string | null
  /** Null where it was not measured. */
  of(trial: Trial): number | null
}

export const PARAMETERS: Cost = { name: null, of: ({ parameters }) => parameters }

export function costOf(trials: readonly Trial[]): Cost {
  if (trials.length === 0 || trials.some(({ parameters }) => parameters !== null)) return PARAMETERS
  const name = trials.flatMap(({ costs }) => Object.keys(costs))[0]
  return name === undefined ? PARAMETERS : { name, of: ({ costs }) => costs[name] ?? null }
}
