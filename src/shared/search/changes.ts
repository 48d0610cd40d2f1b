// What of a run's definition a person may change once it has begun: its budgets, what is banned or pinned, and the strategy's
// parameters. Everything else would make earlier trials results of another search. A change holds from the next generation on, so that
// a replay knows what held when.
import { z } from 'zod'
import { AppError } from '../errors'
import { strategySchema } from '../strategies/registry'
import { newestDefinitionSchema, type RunDefinition } from './run'
import { isActive, SETTINGS, type Setting } from './setting-list'

const { generations, maxEvaluations, maxEpochs, maxSeconds, stopBelow, bans, pins } = newestDefinitionSchema.shape

/** The part that may change, whole. */
export const changeableSchema = z.object({
  generations,
  maxEvaluations,
  maxEpochs,
  maxSeconds,
  stopBelow,
  bans,
  pins,
  strategy: strategySchema,
})
export type Changeable = z.infer<typeof changeableSchema>

export const changeableOf = (definition: RunDefinition): Changeable => ({
  generations: definition.generations,
  maxEvaluations: definition.maxEvaluations,
  maxEpochs: definition.maxEpochs,
  maxSeconds: definition.maxSeconds,
  stopBelow: definition.stopBelow,
  bans: definition.bans,
  pins: definition.pins,
  strategy: definition.strategy,
})

/** What held before a change that holds from `generation` on. */
export interface DefinitionChange {
  readonly generation: number
  readonly before: Changeable
}

/**
 * The definition that held when a generation was proposed.
 * @param changes oldest first
 */
export function definitionAt(
  definition: RunDefinition,
  changes: readonly DefinitionChange[],
  generation: number,
): RunDefinition {
  const later = changes.find((change) => change.generation > generation)
  return later === undefined ? definition : { ...definition, ...later.before }
}

const CHANGEABLE = ['generations', 'maxEvaluations', 'maxEpochs', 'maxSeconds', 'stopBelow', 'bans', 'pins']

/** The settings that a form offers for a run of this definition. */
export function changeableSettings(definition: RunDefinition): Setting[] {
  const strategy = definition.strategy.name
  return SETTINGS.filter(
    (setting) =>
      CHANGEABLE.includes(setting.path) ||
      (setting.path.startsWith('strategy.') &&
        setting.path !== 'strategy.name' &&
        isActive(setting, (path) => (path === 'strategy.name' ? strategy : undefined))),
  )
}

/**
 * A definition with other values for what may change.
 * @param values by path, such as `maxEvaluations` or `strategy.mutationRate`
 * @throws AppError `invalid-input` for a path that may not change, naming those that may, and for a value that is none
 */
export function changedDefinition(definition: RunDefinition, values: Readonly<Record<string, unknown>>): RunDefinition {
  const allowed = changeableSettings(definition).map(({ path }) => path)
  const strange = Object.keys(values).filter((path) => !allowed.includes(path))
  if (strange.length > 0)
    throw new AppError(
      'invalid-input',
      `${strange.join(', ')} cannot be changed once a search has begun: its trials would no longer be of one search.`,
      `What can: ${allowed.join(', ')}. For anything else start a new search.`,
    )
  const strategy: Record<string, unknown> = { ...definition.strategy }
  const top: Record<string, unknown> = { ...changeableOf(definition) }
  for (const [path, value] of Object.entries(values)) {
    const [first = '', second] = path.split('.')
    if (second === undefined) top[first] = value
    else strategy[second] = value
  }
  const read = changeableSchema.safeParse({ ...top, strategy })
  if (read.success) return { ...definition, ...read.data }
  const issues = read.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`)
  throw new AppError(
    'invalid-input',
    `The change is not valid:\n${issues.join('\n')}`,
    'docs/search-file.md describes every field.',
  )
}

/** In words, what differs: "maxEvaluations 100 instead of 60". */
export function changeText(before: Changeable, after: Changeable): string {
  const flat = (value: Changeable): Map<string, unknown> =>
    new Map([
      ...Object.entries(value).filter(([key]) => key !== 'strategy'),
      ...Object.entries(value.strategy).map(([key, own]): [string, unknown] => [`strategy.${key}`, own]),
    ])
  const old = flat(before)
  return [...flat(after)]
    .filter(([path, value]) => JSON.stringify(old.get(path)) !== JSON.stringify(value))
    .map(([path, value]) => `${path} ${JSON.stringify(value)} instead of ${JSON.stringify(old.get(path))}`)
    .join(', ')
}
