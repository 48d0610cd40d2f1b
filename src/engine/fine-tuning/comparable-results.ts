// Which results of a run can be held against each other (decision 187): those that were trained alike. Of a search in rungs that is what
// each came to at the first rung; elsewhere whole trainings from a random start, confirmations of one among its own.
import { isConfirmation } from '@shared/search/confirmations'
import { halvingOf } from '@shared/search/rungs'
import type { RunDefinition } from '@shared/search/run'
import type { Trial } from '@shared/search/trial'

type Told = Pick<Trial, 'id' | 'number' | 'genotype' | 'state' | 'fitness' | 'origin' | 'fidelity'> & {
  readonly evaluationKey: string
}

export interface ComparableResult<T extends Told> {
  readonly trial: T
  /** At the epochs that all are compared at, mean over its seeds. */
  readonly fitness: number
}

export interface ComparableResults<T extends Told> {
  /** One of each evaluation. */
  readonly results: readonly ComparableResult<T>[]
  /** What all were trained for; null: whole. */
  readonly epochs: number | null
  /** What has no part in it and why, for people: "2 that were ended early". */
  readonly leftOut: readonly string[]
}

/** @param trials of one run */
export function comparableResults<T extends Told>(
  definition: Pick<RunDefinition, 'fidelity' | 'evaluator' | 'space' | 'recipe' | 'final'>,
  trials: readonly T[],
): ComparableResults<T> {
  const epochs = halvingOf(definition)?.epochs[0] ?? null
  const groups = new Map<string, { trial: T; values: number[] }>()
  const left = { early: 0, inherited: 0, confirmed: 0 }
  const ofTrial = new Map<number, string>()
  for (const trial of trials) {
    const { fidelity, origin } = trial
    const first = fidelity.rungs[0]?.fitness
    const fitness =
      trial.state === 'finished' ? (epochs === null || isConfirmation(trial) ? trial.fitness : first) : null
    const isCutShort = fidelity.endedEarly !== null && (epochs === null || first === undefined)
    if (isCutShort) left.early++
    else if ((fidelity.inherited?.arrays ?? 0) > 0) left.inherited++
    else if (isConfirmation(trial)) {
      // Of another training than a rung's; of a whole one it is one more seed.
      const key = origin.confirms && ofTrial.get(origin.confirms.trialId)
      const own = key === undefined ? undefined : groups.get(key)
      if (epochs !== null) left.confirmed++
      else if (own !== undefined && fitness != null) own.values.push(fitness)
    } else if (fitness != null) {
      ofTrial.set(trial.id, trial.evaluationKey)
      if (!groups.has(trial.evaluationKey)) groups.set(trial.evaluationKey, { trial, values: [fitness] })
    }
  }
  const told = [
    [left.early, 'ended early'],
    [left.inherited, 'began with weights of their parents'],
    [left.confirmed, 'were trained whole to confirm others'],
  ] as const
  return {
    results: [...groups.values()].map(({ trial, values }) => ({
      trial,
      fitness: values.reduce((sum, value) => sum + value, 0) / values.length,
    })),
    epochs,
    leftOut: told.flatMap(([count, why]) => (count > 0 ? [`${count} that ${why}`] : [])),
  }
}
