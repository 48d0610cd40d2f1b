// What the trade-off is drawn against: the first cost of the run's objective; without one, parameters where the run has networks,
// else the first cost that its table measured.
import { costNamed } from '@shared/objectives/costs'
import type { Objective } from '@shared/objectives/schema'
import { costsOf } from '@shared/objectives/score'
import type { Trial } from '@shared/search/trial'

export interface Cost {
  /** Null for parameters, which have a name in every language; else the word of the definition or of the table. */
  readonly name: string | null
  /** Null where it is not known. */
  of(trial: Trial): number | null
}

export const PARAMETERS: Cost = { name: null, of: ({ parameters }) => parameters }

const named = (name: string): Cost => ({ name, of: (trial) => costNamed(trial, name) ?? null })

export function costOf(trials: readonly Trial[], objective?: Objective): Cost {
  const [asked] = objective === undefined ? [] : costsOf(objective)
  if (asked !== undefined) return named(asked)
  if (trials.length === 0 || trials.some(({ parameters }) => parameters !== null)) return PARAMETERS
  const name = trials.flatMap(({ costs }) => Object.keys(costs))[0]
  return name === undefined ? PARAMETERS : named(name)
}
