// The front of a run in the terminal: what it dominates in one line, and its trials as a table.
import { fitnessFigure } from '@shared/evaluators/fitness-text'
import { fitnessReading } from '@shared/evaluators/registry'
import { costNamed } from '@shared/objectives/costs'
import { costsOf } from '@shared/objectives/score'
import type { Run } from '@shared/search/run'
import type { Trial } from '@shared/search/trial'
import { table } from './format'

/** "Front: 7 trials that no other one beats in fitness and macs; hypervolume 1.32."; null under one objective. */
export function frontLine({ front, definition }: Pick<Run, 'front' | 'definition'>): string | null {
  if (front === null) return null
  const count = front.trialIds.length
  const names = ['fitness', ...costsOf(definition.objective)].join(' and ')
  const volume = front.hypervolume === null ? '' : `; hypervolume ${front.hypervolume.toFixed(3)}`
  return `Front: ${count} ${count === 1 ? 'trial' : 'trials'} that no other one beats in ${names}${volume}.`
}

/** Best fitness first; null where there is no front. */
export function frontTable(
  { front, definition }: Pick<Run, 'front' | 'definition'>,
  trials: readonly Trial[],
): string | null {
  if (front === null || front.trialIds.length === 0) return null
  const reading = fitnessReading(definition)
  const costs = costsOf(definition.objective)
  const byId = new Map(trials.map((trial) => [trial.id, trial]))
  const rows = front.trialIds.flatMap((id) => {
    const trial = byId.get(id)
    if (trial === undefined) return []
    const values = costs.map((name) => String(Number((costNamed(trial, name) ?? 0).toPrecision(6))))
    return [[String(trial.number), String(trial.id), fitnessFigure(reading, trial.fitness ?? 0), ...values]]
  })
  const fitness = reading.unit === 'accuracy' ? 'Accuracy' : reading.name
  return table(['>Front: trial', '>Id', `>${fitness}`, ...costs.map((name) => `>${name}`)], rows)
}
