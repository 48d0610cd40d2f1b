// A run: one search with a frozen definition and a seed. Defaults are the paper's where it gives them (docs/method.md).
import { z } from 'zod'
import { MIN_RESOLUTION } from './resolution'
import { runState } from './run-states'
import { spaceSchema, type SpaceDefinition } from '../spaces/schema'
import { errorDataSchema } from './trial'

export const STRATEGY_NAMES = ['gpt-nas', 'ga', 'random'] as const
export const strategyName = z.enum(STRATEGY_NAMES)

export const PRECISIONS = ['float32', 'mixed-float16', 'mixed-bfloat16'] as const
export type Precision = (typeof PRECISIONS)[number]

/** How a candidate is trained. Every default leaves out what the first version of the recipe did not have. */
export const recipeSchema = z.object({
  /** Paper: 6 epochs for a candidate. */
  epochs: z.number().int().min(1).max(1000).default(6),
  /** Paper: 512 on a datacentre card; 64 fits two CPU cores and small subsets. */
  batchSize: z.number().int().min(1).max(4096).default(64),
  optimizer: z.enum(['sgd', 'adamw']).default('sgd'),
  /** Peak learning rate. 0.05 suits SGD; AdamW wants about a fiftieth of it. */
  learningRate: z.number().positive().max(10).default(0.05),
  schedule: z.enum(['cosine', 'step', 'linear-warm-up', 'constant']).default('cosine'),
  /** Fraction of all steps over which the rate rises linearly from 0. */
  warmUp: z.number().min(0).max(1).default(0.1),
  /** Schedule `step`: fractions of all steps at which the rate falls. He et al. 2015 on CIFAR: half and three quarters. */
  milestones: z.array(z.number().min(0).max(1)).max(20).default([0.5, 0.75]),
  /** Schedule `step`: what the rate is multiplied with at each milestone. */
  stepFactor: z.number().positive().max(1).default(0.1),
  /** SGD only. */
  momentum: z.number().min(0).max(0.999).default(0.9),
  nesterov: z.boolean().default(true),
  /** On kernels only. SGD adds it to the gradient, AdamW takes it from the weight (times the rate). */
  weightDecay: z.number().min(0).max(1).default(5e-4),
  /** Largest norm of all gradients together; null leaves them alone. */
  gradientClip: z.number().positive().max(1e6).nullable().default(null),
  /** Decay of a moving average of the weights, which is then what is evaluated and kept; null keeps the weights themselves. */
  weightAverage: z.number().min(0).max(0.99999).nullable().default(null),
  labelSmoothing: z.number().min(0).max(0.9).default(0),
  /** Zero-padding before the random crop, in pixels; 0 switches it off. */
  cropPadding: z.number().int().min(0).max(16).default(4),
  flip: z.boolean().default(true),
  /** Side of the square that is blanked, in pixels; 0 switches it off. */
  cutout: z.number().int().min(0).max(256).default(0),
  /** Largest relative change, each drawn from [1 - x, 1 + x]; 0 switches it off. */
  brightness: z.number().min(0).max(1).default(0),
  contrast: z.number().min(0).max(1).default(0),
  saturation: z.number().min(0).max(1).default(0),
  /** Alpha of the Beta distribution that mixes pairs of images; 0 switches it off. */
  mixup: z.number().min(0).max(8).default(0),
  /** The same for pasting a box of another image. With both on, each image draws which. */
  cutmix: z.number().min(0).max(8).default(0),
  /** Operations of RandAugment on each image; 0 switches it off. */
  randAugmentOperations: z.number().int().min(0).max(4).default(0),
  /** Strength of RandAugment on its scale of 0 to 30. */
  randAugmentMagnitude: z.number().min(0).max(30).default(9),
  /** Ends a training whose validation accuracy has not risen for so many epochs; null trains all. */
  patience: z.number().int().min(1).nullable().default(null),
  /**
   * What a step computes in: `mixed-` keeps weights, statistics, softmax and loss in float32 and rounds the rest. Where the
   * device does not do that (any processor without a GPU) it trains in float32 and says so (docs/decisions/033).
   */
  precision: z.enum(PRECISIONS).default('float32'),
  /** Nothing that depends on the state of the machine may change the numbers (docs/decisions/030). */
  deterministic: z.boolean().default(false),
  /** The paper's acceleration rule 1, off by default (docs/method.md#weak-points says why). */
  trainPredictedOnly: z.boolean().default(false),
})
export type Recipe = z.infer<typeof recipeSchema>

export const dataSelectionSchema = z.object({
  dataset: z.string().min(1).default('cifar-10'),
  /** Images used for training, stratified; null takes all that validation leaves. */
  trainImages: z.number().int().min(10).nullable().default(null),
  /** Side in pixels that images are reduced to, smaller than theirs (resolution.ts); null trains on them as they are. */
  resolution: z
    .number()
    .int()
    .min(MIN_RESOLUTION, `must be at least ${MIN_RESOLUTION} pixels, or null for the images as they are`)
    .nullable()
    .default(null),
  /** Images of the training split kept for validation, stratified. */
  validationImages: z.number().int().min(10).default(5000),
  splitSeed: z.number().int().default(0),
})
export type DataSelection = z.infer<typeof dataSelectionSchema>

export const runDefinitionSchema = z.object({
  format: z.literal('gptnas-run/1').default('gptnas-run/1'),
  name: z.string().min(1).max(200),
  seed: z.number().int().default(1),
  strategy: strategyName.default('gpt-nas'),
  /** Paper: 30. */
  populationSize: z.number().int().min(1).max(1000).default(30),
  /** Paper: 20. */
  generations: z.number().int().min(1).max(10_000).default(20),
  /** Stops earlier, after that many trials; null runs every generation. */
  maxTrials: z.number().int().min(1).nullable().default(null),
  /** Stops after that many seconds of searching; null has no limit. */
  maxSeconds: z.number().positive().nullable().default(null),
  crossoverRate: z.number().min(0).max(1).default(0.9),
  mutationRate: z.number().min(0).max(1).default(0.3),
  eliminationRate: z.number().min(0).max(1).default(0.4),
  /** What it visits. Definitions of before there was more than one kind leave the kind out and mean block chains. */
  space: spaceSchema.prefault({}),
  /** Written by older versions where `space` now is of kind `single`; `space` then plays no part (`searchedSpace`). */
  architecture: z.record(z.string(), z.unknown()).optional(),
  data: dataSelectionSchema.prefault({}),
  recipe: recipeSchema.prefault({}),
  /** Design ids of networks that seed the initial population. */
  seedDesigns: z.array(z.string()).default([]),
  /** Fails a trial that trains longer; seconds. */
  trialTimeLimit: z.number().positive().nullable().default(null),
  /** Computes that train at once; null lets the engine choose from the devices. */
  computes: z.number().int().min(1).max(64).nullable().default(null),
})
export type RunDefinition = z.infer<typeof runDefinitionSchema>

/** The space that a run visits, whichever version wrote its definition. */
export function searchedSpace({ space, architecture }: Pick<RunDefinition, 'space' | 'architecture'>): SpaceDefinition {
  return architecture === undefined ? space : { kind: 'single', architecture }
}

export const runSchema = z.object({
  id: z.string(),
  /** Position in the workspace, from 1: what people call it by. */
  number: z.number().int(),
  definition: runDefinitionSchema,
  state: runState,
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  /** Seconds spent searching, over all sessions. */
  seconds: z.number(),
  /** Trials per state, and how many there will be. */
  counts: z.object({
    waiting: z.number(),
    running: z.number(),
    finished: z.number(),
    failed: z.number(),
    planned: z.number(),
  }),
  generation: z.number().int(),
  bestTrialId: z.number().int().nullable(),
  bestFitness: z.number().nullable(),
  /** Seconds left as a range, null while unknown. */
  remaining: z.object({ low: z.number(), high: z.number() }).nullable(),
  error: errorDataSchema.nullable(),
})
export type Run = z.infer<typeof runSchema>
