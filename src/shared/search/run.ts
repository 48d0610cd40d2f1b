// A run: one search with a frozen definition and a seed. Defaults are the paper's where it gives them (docs/method.md).
import { z } from 'zod'
import { finalTrainingSchema } from './final-training'
import { fidelitySchema } from './fidelity'
import { recipeSchema } from './recipe'
import { MIN_RESOLUTION } from './resolution'
import { upgradeDefinition } from './old-definitions'
import { evaluatorSchema } from '../evaluators/registry'
import { strategySchema } from '../strategies/registry'
import { limitsSchema, objectiveSchema } from '../objectives/schema'
import { setting } from './settings'
import { runEnd, runState } from './run-states'
import { spaceSchema } from '../spaces/schema'
import { errorDataSchema } from './trial'

export const dataSelectionSchema = z.object({
  dataset: setting(z.string().min(1).default('cifar-10'), {
    description: 'Name of the data set.',
    isSimple: true,
    kind: 'dataset',
    paper: 'CIFAR-10',
  }),
  trainImages: setting(z.number().int().min(10).nullable().default(null), {
    description: 'Images for training, stratified; null takes all that validation leaves. Fewer make trials shorter.',
    isSimple: true,
    unit: 'images',
  }),
  trainShare: setting(z.number().gt(0).max(1).nullable().default(null), {
    description: 'The same as a share of the train split, where no number is given; null goes by the number.',
    kind: 'percent',
  }),
  resolution: setting(
    z
      .number()
      .int()
      .min(MIN_RESOLUTION, `must be at least ${MIN_RESOLUTION} pixels, or null for the images as they are`)
      .nullable()
      .default(null),
    {
      description:
        'Side that images are reduced to, less than theirs; null trains on them as they are. Half the side is a quarter of the cost. Made when the search starts.',
      isSimple: true,
      unit: 'pixels',
    },
  ),
  validationImages: setting(z.number().int().min(10).nullable().default(null), {
    description:
      'Kept from the training split, stratified, to score networks; null takes a tenth of it, more of few images, 5,000 at most. The test split is never used for that.',
    unit: 'images',
  }),
  splitSeed: setting(z.number().int().default(0), { description: 'Seed of which images are kept for validation.' }),
})
export type DataSelection = z.infer<typeof dataSelectionSchema>

/** A definition in its newest form. */
export const newestDefinitionSchema = z.object({
  format: z.literal('gptnas-run/1').default('gptnas-run/1'),
  name: setting(z.string().min(1).max(200), { description: 'What the run is called.', isSimple: true }),
  seed: setting(z.number().int().default(1), {
    description: 'The same seed and the same results give the same proposals.',
  }),
  strategy: setting(strategySchema.prefault({ name: 'gpt-nas' }), {
    description: 'What decides which architecture comes next. A name alone takes the defaults of its parameters.',
    isSimple: true,
    paper: 'gpt-nas:paper',
  }),
  populationSize: setting(z.number().int().min(1).max(1000).default(30), {
    description: 'Architectures of one generation.',
    isSimple: true,
    unit: 'architectures',
    paper: 30,
  }),
  generations: setting(z.number().int().min(1).max(10_000).default(20), {
    description:
      'Populations of distinct architectures to evaluate. Repeats take no place in them, so there may be a round more.',
    isSimple: true,
    paper: 20,
  }),
  // Budgets: whichever is used up first ends the run (docs/rules.md#budgets).
  maxEvaluations: setting(z.number().int().min(1).nullable().default(null), {
    description: 'Ends earlier, after that many distinct architectures; null evaluates those of all generations.',
    isSimple: true,
    unit: 'architectures',
    group: 'limits',
  }),
  maxEpochs: setting(z.number().int().min(1).nullable().default(null), {
    description:
      'Ends before a training that would bring all epochs of the run together above that many; one on a part of the images counts as that part. null has no limit.',
    unit: 'epochs',
    group: 'limits',
  }),
  maxSeconds: setting(z.number().positive().nullable().default(null), {
    description: 'Ends after that long a search, pauses not counted; null has no limit.',
    unit: 'seconds',
    group: 'limits',
  }),
  // Definitions of before there was more than one kind leave the kind out and mean block chains.
  space: setting(spaceSchema.prefault({}), {
    description: 'What the search visits.',
    isSimple: true,
    paper: 'block-chain',
  }),
  evaluator: setting(evaluatorSchema.prefault({ kind: 'training' }), {
    description: 'What gives an architecture its fitness.',
    isSimple: true,
    paper: 'training',
  }),
  objective: setting(objectiveSchema.prefault({ kind: 'fitness' }), {
    description: 'What the search makes better.',
    isSimple: true,
    paper: 'fitness',
  }),
  limits: limitsSchema.prefault({}),
  // The recipe, what it saves and the time limit of a trial are read by the evaluator `training` alone, the data by `proxy`, too.
  data: dataSelectionSchema.prefault({}),
  recipe: recipeSchema.prefault({}),
  fidelity: fidelitySchema.prefault({}),
  seedDesigns: setting(z.array(z.string()).default([]), {
    description: 'Ids of networks of yours that join the first generation.',
    kind: 'designs',
  }),
  warmStart: setting(z.array(z.string().min(1)).max(20).default([]), {
    description:
      'Numbers or ids of runs of the workspace, also of other data sets, whose results a surrogate starts from as far as they order like this run’s own: of gpt-nas and gp-ei.',
    kind: 'runs',
  }),
  stopBelow: setting(z.number().positive().nullable().default(null), {
    description:
      'Ends by itself when the most that another evaluation can be expected to gain is below this: the noise of a fitness, its deviation from seed to seed. An accuracy of 1 % is 0.01. null goes on.',
    group: 'limits',
  }),
  // Before a winner is named (search/confirmations.ts).
  confirmBest: setting(z.number().int().min(0).max(100).default(0), {
    description:
      'Evaluates so many of the best again with other seeds before the search ends, by what all results let expect of them; 0 does without.',
    unit: 'architectures',
    group: 'limits',
  }),
  confirmSeeds: setting(z.number().int().min(1).max(20).default(2), {
    description: 'Other seeds that each of them is evaluated with.',
    group: 'limits',
  }),
  confirmShare: setting(z.number().min(0.01).max(0.5).default(0.2), {
    description: 'Of every budget, the most that this may take; the search ends sooner by that.',
    kind: 'percent',
    group: 'limits',
  }),
  // What a person rules out or asks for (spaces/rules.ts); both may change while the run goes.
  bans: setting(z.array(z.string().min(1).max(200)).max(1000).default([]), {
    description:
      'Names of blocks, operations or choices that no proposal may have: NAME, or PLACE=NAME for one place, counted from 1.',
  }),
  pins: setting(z.array(z.string().min(1).max(200)).max(1000).default([]), {
    description: 'Names that every proposal must have: NAME anywhere, or PLACE=NAME at one place, counted from 1.',
  }),
  trialTimeLimit: setting(z.number().positive().nullable().default(null), {
    description: 'A trial that trains longer fails, and the run goes on; null has no limit.',
    unit: 'seconds',
    group: 'limits',
  }),
  /** Trains a winner at the end, on training and validation images together; null in every search. */
  final: finalTrainingSchema.nullable().default(null),
  computes: setting(z.number().int().min(1).max(64).nullable().default(null), {
    description: 'Networks that train at once; null lets the engine choose from the devices.',
    group: 'limits',
  }),
})
export type RunDefinition = z.infer<typeof newestDefinitionSchema>

/** What may be left out has a default. */
export type RunDefinitionInput = z.input<typeof newestDefinitionSchema>

/** A definition in any form there has been: files and stored runs of older versions open. */
export const runDefinitionSchema = z
  .custom<RunDefinitionInput>()
  .transform(upgradeDefinition)
  .pipe(newestDefinitionSchema)

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
  /** Evaluations, which are the trials of distinct architectures, per state; how many there will be; and trials that repeat one. */
  counts: z.object({
    waiting: z.number(),
    running: z.number(),
    finished: z.number(),
    failed: z.number(),
    planned: z.number(),
    repeats: z.number(),
  }),
  /** Trained in all trials together; results taken over have none, an epoch on fewer or smaller images counts in part. */
  epochs: z.number().min(0),
  generation: z.number().int(),
  /** Under a front the one of highest fitness. */
  bestTrialId: z.number().int().nullable(),
  bestFitness: z.number().nullable(),
  /** What only the report of a finished run shows of its winner: the test accuracy of a final training. */
  reported: z.number().nullable().default(null),
  /** Where the objective is a front: its trials, best fitness first, and how much they dominate; null under one figure. */
  front: z
    .object({
      trialIds: z.array(z.number().int()),
      /** In boxes that the first ten results span; null before there are so many (shared/objectives/progress.ts). */
      hypervolume: z.number().nullable(),
    })
    .nullable(),
  /** Seconds left as a range, null while unknown. */
  remaining: z.object({ low: z.number(), high: z.number() }).nullable(),
  error: errorDataSchema.nullable(),
  /** Why it is finished; null where it is not, or where that was not stored yet. */
  end: runEnd.nullable(),
})
export type Run = z.infer<typeof runSchema>
