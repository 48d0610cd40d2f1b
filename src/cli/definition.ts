// The definition of a search as the command line is given it: from a file or a sample, with single settings typed in their place.
import { dirname, resolve } from 'node:path'
import { AppError } from '@shared/errors'
import { upgradeDefinition } from '@shared/search/old-definitions'
import { runDefinitionSchema, type RunDefinition } from '@shared/search/run'
import { PRESETS, type Preset } from '@shared/search/presets'
import { quoted } from '@shared/quoted'
import { SAMPLES } from '@shared/search/samples'
import { SETTINGS, type SettingKind } from '@shared/search/setting-list'
import { readText } from './files'
import { withSpaceFile } from './spaces'

export interface DefinitionSource {
  /** A JSON file. */
  readonly config?: string
  /** A sample's name; true takes the first. */
  readonly sample?: string | true
  /** A published experiment's name. */
  readonly preset?: string
  /** `FIELD=VALUE`, in the order typed. */
  readonly set?: readonly string[]
}

type Fields = Readonly<Record<string, unknown>>
const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** @throws AppError `invalid-input` with the path of every wrong field */
export function readDefinition(source: DefinitionSource): RunDefinition {
  const { config, set = [] } = source
  const given = upgradeDefinition(config === undefined ? suppliedOf(source) : readFile(config))
  const json = set.reduce(withSetting, given)
  const parsed = runDefinitionSchema.safeParse(json)
  const problems = parsed.success
    ? unknownFields(upgradeDefinition(json), parsed.data).map((path) => `${path}: there is no such field`)
    : parsed.error.issues.map(({ path, message }) => `${path.join('.') || '(file)'}: ${message}`)
  if (!parsed.success || problems.length > 0)
    throw new AppError(
      'invalid-input',
      `${config ?? 'This'} is not a valid search:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
      'docs/search-file.md describes every field.',
    )
  return withPlaces(parsed.data, config === undefined ? '.' : dirname(config))
}

/** A command's places from where the file lies that names them, or from the working folder. */
function withPlaces(definition: RunDefinition, base: string): RunDefinition {
  const { evaluator } = definition
  if (evaluator.kind !== 'command') return definition
  const folder = resolve(base, evaluator.folder ?? '.')
  // A name alone is looked for in PATH, as a shell does.
  const program = /[\\/]/.test(evaluator.program) ? resolve(folder, evaluator.program) : evaluator.program
  return { ...definition, evaluator: { ...evaluator, folder, program } }
}

const PRESET_NAMES = PRESETS.map(({ id }) => id).join(', ')
const SAMPLE_NAMES = SAMPLES.map(({ id }) => id).join(', ')

/** @throws AppError `invalid-input` for a name that no preset has */
export function presetOf({ preset }: DefinitionSource): Preset | null {
  if (preset === undefined) return null
  const found = PRESETS.find(({ id }) => id === preset)
  if (found !== undefined) return found
  throw new AppError('invalid-input', `There is no preset ${quoted(preset)}.`, `Presets: ${PRESET_NAMES}.`)
}

/** The definition of a preset or a sample. */
function suppliedOf(source: DefinitionSource): RunDefinition {
  const preset = presetOf(source)
  if (preset !== null) return preset.definition
  const { sample } = source
  if (sample === undefined)
    throw new AppError(
      'invalid-input',
      'A search needs its settings.',
      `Give --config FILE, --sample NAME (${SAMPLE_NAMES}) or --preset NAME (${PRESET_NAMES}).`,
    )
  const found = sample === true ? SAMPLES[0] : SAMPLES.find(({ id }) => id === sample)
  if (found !== undefined) return found.definition
  const isPreset = PRESETS.some(({ id }) => id === sample)
  throw new AppError(
    'invalid-input',
    `There is no sample ${quoted(String(sample))}.`,
    isPreset ? `It is a preset: --preset ${String(sample)}.` : `Samples: ${SAMPLE_NAMES}.`,
  )
}

function readFile(config: string): unknown {
  let json: unknown
  try {
    json = JSON.parse(readText(config, 'search file'))
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError(
      'invalid-input',
      `${config} cannot be read as JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
      'docs/search-file.md describes the file.',
      { cause },
    )
  }
  return isRecord(json) ? { ...json, space: withSpaceFile(json['space'], dirname(config)) } : json
}

/** Kinds whose values are words; everything else is written as in JSON. */
const WORDS: readonly SettingKind[] = ['text', 'choice', 'dataset', 'program', 'folder']

/** What was typed for a field, as its kind is written: words, or JSON. */
export function valueOf(path: string, text: string): unknown {
  const kind = SETTINGS.find((setting) => setting.path === path)?.kind
  if (kind !== undefined && WORDS.includes(kind)) return text
  try {
    return JSON.parse(text)
  } catch {
    // No JSON is a word, or several; whether one may stand there is the schema's affair.
    return kind === 'words' ? text.split(',').filter((word) => word !== '') : text
  }
}

/** A definition in which one field is as it was typed. @throws AppError `invalid-input` where the words are not `FIELD=VALUE` */
export function withSetting(definition: unknown, typed: string): unknown {
  const [path = '', ...rest] = typed.split('=')
  if (path === '' || rest.length === 0)
    throw new AppError('invalid-input', `"${typed}" sets nothing.`, 'Write --set FIELD=VALUE, such as --set seed=3.')
  const value = valueOf(path, rest.join('='))
  // Another strategy or kind of space has other fields: those of the one before go with it.
  const isChoice = SETTINGS.some(({ when }) => when?.path === path)
  const write = (node: unknown, [key = '', ...keys]: readonly string[]): Fields => {
    const fields = isRecord(node) && !(isChoice && keys.length === 0) ? node : {}
    return { ...fields, [key]: keys.length === 0 ? value : write(fields[key], keys) }
  }
  return upgradeDefinition(write(definition, path.split('.')))
}

/** Paths that `given` has and `read` lacks: a slip of the pen would otherwise silently become a default. */
function unknownFields(given: unknown, read: unknown, path = ''): string[] {
  if (!isRecord(given) || !isRecord(read)) return []
  return Object.entries(given).flatMap(([key, value]) =>
    key in read ? unknownFields(value, read[key], `${path}${key}.`) : [`${path}${key}`],
  )
}
