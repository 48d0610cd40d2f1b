// Every setting of a run's definition that is for people to set, as a flat list read off the schemas: what form, command line and
// documentation are made from. What has no facts (settings.ts) is not in it.
import { z } from 'zod'
import { EVALUATORS } from '../evaluators/registry'
import { newestDefinitionSchema } from './run'
import { settingFacts, type SettingFacts } from './settings'

export type SettingKind =
  'text' | 'number' | 'numbers' | 'words' | 'choice' | 'switch' | NonNullable<SettingFacts['kind']>

export interface Setting extends Omit<SettingFacts, 'kind'> {
  /** Dotted path inside the definition, e.g. `recipe.epochs`. */
  readonly path: string
  readonly kind: SettingKind
  /** Undefined where one must be given. */
  readonly default: unknown
  /** Limits that are only the edge of safe integers are left out. */
  readonly min: number | undefined
  readonly max: number | undefined
  readonly isInteger: boolean
  readonly isNullable: boolean
  readonly choices: readonly { readonly value: string; readonly description?: string | undefined }[]
  /** It exists only where the setting at `path` has one of these values; without one the first choice counts. */
  readonly when?: { readonly path: string; readonly is: readonly string[]; readonly isFirst: boolean }
}

/** The part of JSON Schema that zod writes for a definition, with the facts among it. */
interface Node extends Partial<SettingFacts> {
  readonly type?: string
  readonly properties?: Readonly<Record<string, Node>>
  readonly anyOf?: readonly Node[]
  /** Branches of a discriminated union. */
  readonly oneOf?: readonly Node[]
  readonly items?: Node
  readonly enum?: readonly string[]
  readonly required?: readonly string[]
  readonly const?: unknown
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
}

const limit = (value: number | undefined): number | undefined =>
  value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : undefined

function kindOf(facts: Partial<SettingFacts>, node: Node): SettingKind {
  if (facts.kind !== undefined) return facts.kind
  if (node.enum !== undefined) return 'choice'
  if (node.type === 'boolean') return 'switch'
  if (node.type === 'array') return node.items?.type === 'string' ? 'words' : 'numbers'
  return node.type === 'string' ? 'text' : 'number'
}

function settingOf(path: string, node: Node, description: string, when: Setting['when']): Setting {
  const { group, isSimple, unit, paper } = node
  const inner = node.anyOf?.find((branch) => branch.type !== 'null') ?? node
  return {
    ...{ path, description, group, isSimple, unit, paper, when },
    kind: kindOf(node, inner),
    default: node.default,
    min: limit(inner.minimum),
    max: limit(inner.maximum),
    isInteger: inner.type === 'integer',
    isNullable: node.anyOf !== undefined,
    choices: (inner.enum ?? []).map((value) => ({ value })),
  }
}

/** The choice between the branches of a union, then what each branch has. A branch that needs more than its name is no choice. */
function settingsOfUnion(path: string, node: Node, branches: readonly Node[]): Setting[] {
  const named = branches.flatMap((branch) =>
    Object.entries(branch.properties ?? {}).flatMap(([key, property]) =>
      typeof property.const === 'string' ? [{ key, value: property.const, branch }] : [],
    ),
  )
  const [first] = named
  if (first === undefined) return []
  const offered = named.filter(({ key, branch }) => (branch.required ?? []).every((other) => other === key))
  const choices = offered.map(({ value, branch }) => ({ value, description: branch.description }))
  const choicePath = `${path}.${first.key}`
  const choice =
    node.description === undefined
      ? []
      : [{ ...settingOf(choicePath, { ...node, kind: undefined }, node.description, undefined), choices }]
  return [
    ...choice.map((setting) => ({ ...setting, kind: 'choice' as const, default: first.value })),
    ...named.flatMap(({ value, branch }) =>
      settingsIn(branch, `${path}.`, { path: choicePath, is: [value], isFirst: value === first.value }),
    ),
  ]
}

function settingsIn(node: Node, prefix = '', when?: Setting['when']): Setting[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, property]) => {
    const path = `${prefix}${key}`
    if (property.oneOf !== undefined) return settingsOfUnion(path, property, property.oneOf)
    if (property.description !== undefined) return [settingOf(path, property, property.description, when)]
    return settingsIn(property, `${path}.`, when)
  })
}

const kindsOf = (isWanted: (evaluator: (typeof EVALUATORS)[number]) => boolean): Setting['when'] => ({
  path: 'evaluator.kind',
  is: EVALUATORS.filter(isWanted).map(({ kind }) => kind),
  // A definition that names no evaluator trains.
  isFirst: true,
})
/** What only some evaluators read, though it stands in the definition itself. */
const WHEN_TRAINING = kindsOf(({ isTraining }) => isTraining)
const OF_EVALUATORS = new Map<string, Setting['when']>([
  ['data', kindsOf(({ needsData }) => needsData)],
  ...['recipe', 'fidelity', 'maxEpochs', 'trialTimeLimit'].map((name) => [name, WHEN_TRAINING] as const),
])

/** The settings of any schema whose fields have facts, such as the options of an export. */
export const settingsOfSchema = (schema: z.ZodType): Setting[] =>
  settingsIn(z.toJSONSchema(schema, { io: 'input', metadata: settingFacts }) as Node)

/** In the order of the schemas. The same path stands once for each branch of a union that has it. */
export const SETTINGS: readonly Setting[] = settingsOfSchema(newestDefinitionSchema).map((setting) => {
  const when = OF_EVALUATORS.get(setting.path.split('.')[0] ?? '')
  return when === undefined ? setting : { ...setting, when }
})

/** @param valueAt what the definition holds at a path */
export function isActive({ when }: Setting, valueAt: (path: string) => unknown): boolean {
  if (when === undefined) return true
  const value = valueAt(when.path)
  return value === undefined ? when.isFirst : when.is.some((one) => one === value)
}
