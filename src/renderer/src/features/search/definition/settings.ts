// The settings of a run as the form shows them: group, kind, unit, what the paper says. Ranges and defaults come from the
// schema itself, so that the form cannot contradict what the engine accepts.
import { runDefinitionSchema } from '@shared/search/run'
import { z } from 'zod'

export type SettingGroup = 'search' | 'space' | 'data' | 'training' | 'augmentation' | 'limits'
export type SettingKind =
  'text' | 'number' | 'percent' | 'numbers' | 'choice' | 'switch' | 'dataset' | 'blocks' | 'designs'

export interface SettingSpec {
  /** Dotted path inside the definition, e.g. `recipe.epochs`; also the key of its texts. */
  readonly path: string
  readonly group: SettingGroup
  readonly kind: SettingKind
  /** Shown in Simple too. */
  readonly isSimple?: boolean
  /** Key under `units.names`. */
  readonly unit?: string
  /** The published value, from docs/method.md. */
  readonly paper?: number | string
}

/** In the order of the form. */
export const SETTINGS: readonly SettingSpec[] = [
  { path: 'name', group: 'search', kind: 'text', isSimple: true },
  { path: 'strategy', group: 'search', kind: 'choice', isSimple: true, paper: 'gpt-nas' },
  { path: 'populationSize', group: 'search', kind: 'number', isSimple: true, unit: 'architectures', paper: 30 },
  { path: 'generations', group: 'search', kind: 'number', isSimple: true, paper: 20 },
  { path: 'crossoverRate', group: 'search', kind: 'percent', paper: 0.9 },
  { path: 'mutationRate', group: 'search', kind: 'percent', paper: 0.3 },
  { path: 'eliminationRate', group: 'search', kind: 'percent', paper: 0.4 },
  { path: 'seed', group: 'search', kind: 'number' },
  { path: 'seedDesigns', group: 'search', kind: 'designs' },
  { path: 'data.dataset', group: 'data', kind: 'dataset', isSimple: true, paper: 'CIFAR-10' },
  { path: 'data.trainImages', group: 'data', kind: 'number', isSimple: true, unit: 'images' },
  { path: 'data.resolution', group: 'data', kind: 'number', isSimple: true, unit: 'pixels' },
  { path: 'data.validationImages', group: 'data', kind: 'number', unit: 'images' },
  { path: 'data.splitSeed', group: 'data', kind: 'number' },
  { path: 'recipe.epochs', group: 'training', kind: 'number', isSimple: true, paper: 6 },
  { path: 'recipe.batchSize', group: 'training', kind: 'number', unit: 'images', paper: 512 },
  { path: 'recipe.optimizer', group: 'training', kind: 'choice', paper: 'sgd' },
  { path: 'recipe.learningRate', group: 'training', kind: 'number', paper: 0.01 },
  { path: 'recipe.schedule', group: 'training', kind: 'choice', paper: 'linear-warm-up' },
  { path: 'recipe.warmUp', group: 'training', kind: 'percent' },
  { path: 'recipe.milestones', group: 'training', kind: 'numbers' },
  { path: 'recipe.stepFactor', group: 'training', kind: 'number' },
  { path: 'recipe.momentum', group: 'training', kind: 'number' },
  { path: 'recipe.nesterov', group: 'training', kind: 'switch' },
  { path: 'recipe.weightDecay', group: 'training', kind: 'number' },
  { path: 'recipe.gradientClip', group: 'training', kind: 'number' },
  { path: 'recipe.weightAverage', group: 'training', kind: 'number' },
  { path: 'recipe.patience', group: 'training', kind: 'number', unit: 'epochs' },
  { path: 'recipe.precision', group: 'training', kind: 'choice' },
  { path: 'recipe.deterministic', group: 'training', kind: 'switch' },
  { path: 'recipe.trainPredictedOnly', group: 'training', kind: 'switch' },
  { path: 'recipe.labelSmoothing', group: 'augmentation', kind: 'number' },
  { path: 'recipe.cropPadding', group: 'augmentation', kind: 'number', unit: 'pixels' },
  { path: 'recipe.flip', group: 'augmentation', kind: 'switch' },
  { path: 'recipe.cutout', group: 'augmentation', kind: 'number', unit: 'pixels' },
  { path: 'recipe.brightness', group: 'augmentation', kind: 'percent' },
  { path: 'recipe.contrast', group: 'augmentation', kind: 'percent' },
  { path: 'recipe.saturation', group: 'augmentation', kind: 'percent' },
  { path: 'recipe.mixup', group: 'augmentation', kind: 'number' },
  { path: 'recipe.cutmix', group: 'augmentation', kind: 'number' },
  { path: 'recipe.randAugmentOperations', group: 'augmentation', kind: 'number' },
  { path: 'recipe.randAugmentMagnitude', group: 'augmentation', kind: 'number' },
  { path: 'space.minBlocks', group: 'space', kind: 'number', unit: 'blocks', paper: 10 },
  { path: 'space.maxBlocks', group: 'space', kind: 'number', unit: 'blocks', paper: 20 },
  { path: 'space.blocks', group: 'space', kind: 'blocks', paper: 15 },
  { path: 'space.stemWidth', group: 'space', kind: 'number', unit: 'channels' },
  { path: 'space.maxWidth', group: 'space', kind: 'number', unit: 'channels' },
  { path: 'space.maxMacs', group: 'space', kind: 'number', unit: 'macs' },
  { path: 'space.maxParameters', group: 'space', kind: 'number' },
  { path: 'maxTrials', group: 'limits', kind: 'number', isSimple: true, unit: 'trials' },
  { path: 'maxSeconds', group: 'limits', kind: 'number', unit: 'seconds' },
  { path: 'trialTimeLimit', group: 'limits', kind: 'number', unit: 'seconds' },
  { path: 'computes', group: 'limits', kind: 'number' },
]

export const GROUPS: readonly SettingGroup[] = ['search', 'data', 'training', 'augmentation', 'space', 'limits']

interface JsonSchema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly anyOf?: readonly JsonSchema[]
  /** Branches of a discriminated union: the kinds of a space. */
  readonly oneOf?: readonly JsonSchema[]
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
}
const root = z.toJSONSchema(runDefinitionSchema, { io: 'input' }) as JsonSchema

/** What the schema allows at a path. Limits that are only the edge of safe integers are left out. */
export interface SettingRange {
  readonly min: number | undefined
  readonly max: number | undefined
  readonly isInteger: boolean
  readonly isNullable: boolean
  readonly choices: readonly string[]
}

function propertyOf(node: JsonSchema, key: string, path: string): JsonSchema {
  for (const branch of node.oneOf ?? [node]) {
    const found = branch.properties?.[key]
    if (found !== undefined) return found
  }
  throw new Error(`the run definition has no “${path}”`)
}

/** @throws Error for a path that the schema does not know: a bug in SETTINGS. */
export function settingRange(path: string): SettingRange {
  let node: JsonSchema = root
  for (const key of path.split('.')) node = propertyOf(node, key, path)
  const inner = node.anyOf?.find((branch) => branch.type !== 'null') ?? node
  const isReal = (limit: number | undefined): number | undefined =>
    limit !== undefined && Math.abs(limit) < Number.MAX_SAFE_INTEGER ? limit : undefined
  return {
    min: isReal(inner.minimum),
    max: isReal(inner.maximum),
    isInteger: inner.type === 'integer',
    isNullable: node.anyOf !== undefined,
    choices: inner.enum ?? [],
  }
}
