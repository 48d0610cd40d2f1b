// Proposer: the checkpoint in use and what it suggests, and the training of a new one. The training job and its events are
// the same between window or command line and engine as between engine and compute.
import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { corpusSettingsSchema } from '../proposer/corpus/corpus-plan'
import { FINE_TUNING_STEPS, fineTunedSchema } from '../proposer/fine-tuned'
import { chainSpaceSchema } from '../spaces/block-chain/schema'
import { genotypeSchema } from '../spaces/genotype'

/** Of the checkpoints that come with the product: what the strategy `gpt-nas` asks, before and beside its results, and the published method's. */
export const PROPOSER_PRESETS = ['workbench', 'chains', 'in-context', 'paper'] as const
export type ProposerPreset = (typeof PROPOSER_PRESETS)[number]

export const proposerInfoSchema = z.object({
  name: z.string(),
  preset: z.string(),
  parameters: z.number().int(),
  /** Null where nothing is read as tokens. */
  vocabulary: z.number().int().nullable(),
  /** Sections of the model card, as markdown. */
  card: z.string(),
  metrics: z.record(z.string(), z.number()),
})
export type ProposerInfo = z.infer<typeof proposerInfoSchema>

export const suggestionSchema = z.object({ block: z.string(), probability: z.number() })

/** Everything that decides a training: the same settings and seed give the same checkpoint on the same machine. */
export const proposerTrainingSchema = z.object({
  preset: z.literal('paper').default('paper'),
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'lower-case letters, digits and hyphens')
    .default('paper-2'),
  seed: z.number().int().default(1),
  /** NAS-Bench-101 cells drawn without replacement for pre-training; null takes all 423,624. */
  cells: z.number().int().min(100).nullable().default(20_000),
  /** Random block chains for fine-tuning. */
  chains: z.number().int().min(50).max(200_000).default(4_000),
  /** Draws of as many windows as there are different ones. */
  cellEpochs: z.number().int().min(1).max(1000).default(4),
  chainEpochs: z.number().int().min(1).max(1000).default(2),
  classifierEpochs: z.number().int().min(1).max(1000).default(4),
  /** Paper: 128. */
  batchSize: z.number().int().min(1).max(4096).default(128),
  /** Peak rate. Paper: 1e-4 for 300 epochs; GPT-1 2.5e-4; ours trains far fewer steps. */
  learningRate: z.number().positive().max(0.1).default(3e-4),
  /** Share of cells, chains and zoo networks that are never trained on. */
  heldOut: z.number().min(0.001).max(0.5).default(0.05),
})
export type ProposerTraining = z.infer<typeof proposerTrainingSchema>

export const proposerTrainingJobSchema = z.object({
  training: proposerTrainingSchema,
  /** Folder of the checkpoint: made if absent, replaced file by file at the end. */
  out: z.string().min(1),
  /** Goes into the card. */
  command: z.string(),
})
export type ProposerTrainingJob = z.infer<typeof proposerTrainingJobSchema>

export const proposerTrainingEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('note'), message: z.string() }),
  z.object({
    type: z.literal('step'),
    phase: z.string(),
    step: z.number().int(),
    steps: z.number().int(),
    loss: z.number(),
    tokensPerSecond: z.number(),
  }),
  z.object({
    type: z.literal('epoch'),
    phase: z.string(),
    epoch: z.number().int(),
    /** Mean over the epoch's draws, nats per target. */
    loss: z.number(),
    heldOutLoss: z.number(),
  }),
  z.object({
    type: z.literal('finished'),
    folder: z.string(),
    sha256: z.string(),
    seconds: z.number(),
    metrics: z.record(z.string(), z.number()),
  }),
])
export type ProposerTrainingEvent = z.infer<typeof proposerTrainingEventSchema>

/** What proposers of a workspace are called; they are folders. */
export const checkpointNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'lower-case letters, digits and hyphens')

/** Everything that decides a fine-tuning, beside what the workspace has trained. */
export const fineTuneRequestSchema = z.object({
  name: checkpointNameSchema,
  /** Name of the checkpoint to go on from; empty: the one in use. */
  base: z.union([checkpointNameSchema, z.literal('')]).default(''),
  /** Numbers of the runs to learn from; null takes all. */
  runs: z.array(z.number().int().min(1)).min(1).nullable().default(null),
  seed: z.number().int().default(1),
  /** Of each GPT. */
  steps: z.number().int().min(1).max(10_000).default(FINE_TUNING_STEPS),
  /** A control: what was measured is dealt out anew. */
  shuffleLabels: z.boolean().default(false),
})
export type FineTuneRequest = z.output<typeof fineTuneRequestSchema>

export const fineTuneEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('note'), message: z.string() }),
  z.object({ type: z.literal('progress'), share: z.number(), loss: z.number() }),
  z.object({ type: z.literal('finished'), name: z.string(), folder: z.string(), report: fineTunedSchema }),
])
export type FineTuneEvent = z.infer<typeof fineTuneEventSchema>

export const corpusRequestSchema = z.object({
  settings: corpusSettingsSchema,
  /** CSV file, absolute, written once all are trained. */
  out: z.string().min(1),
  /** Paused after so long; null trains to the end. */
  minutes: z.number().min(1).nullable().default(null),
})
export type CorpusRequest = z.output<typeof corpusRequestSchema>

export const corpusEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('part'),
    done: z.number().int(),
    total: z.number().int(),
    /** The one that is being trained, of how many chains, and how much of it, in [0, 1]. */
    label: z.string(),
    chains: z.number().int(),
    runNumber: z.number().int(),
    share: z.number(),
  }),
  /** The time was up: the same request goes on from here. */
  z.object({ type: z.literal('paused'), runNumber: z.number().int() }),
  z.object({ type: z.literal('finished'), file: z.string(), trainings: z.number().int() }),
])
export type CorpusEvent = z.infer<typeof corpusEventSchema>

/** A proposer that new searches of the workspace can ask. */
export const namedCheckpointSchema = z.object({
  name: z.string(),
  isShipped: z.boolean(),
  isInUse: z.boolean(),
  /** What it was worth where it was fine-tuned. */
  report: fineTunedSchema.nullable(),
  /** As markdown. */
  card: z.string(),
  metrics: z.record(z.string(), z.number()),
  /** Weights of all its GPTs. */
  parameters: z.number().int(),
})
export type NamedCheckpointInfo = z.infer<typeof namedCheckpointSchema>

/** What a chain space needs beside its definition: the shape of the images and how many classes they have. */
export const proposerSpaceSchema = z.object({
  definition: chainSpaceSchema,
  inputShape: z.tuple([z.number().int(), z.number().int(), z.number().int()]),
  classes: z.number().int().min(1),
})
export type ProposerSpace = z.infer<typeof proposerSpaceSchema>

const proposedChainSchema = z.object({
  genotype: genotypeSchema,
  blocks: z.array(suggestionSchema),
})

export const proposerContract = {
  /** Of the checkpoint of a preset that comes with the product. @throws not-found where there is none */
  info: oc
    .input(z.object({ preset: z.enum(PROPOSER_PRESETS).default('paper') }).prefault({}))
    .output(proposerInfoSchema),
  /** Blocks that could follow the first `position` blocks of a chain genotype, most probable first. */
  suggest: oc
    .input(
      z.object({
        genotype: genotypeSchema,
        position: z.number().int().min(0),
        count: z.number().int().min(1).max(50).default(5),
        stemWidth: z.number().int().default(16),
      }),
    )
    .output(z.array(suggestionSchema)),
  /** Trains a checkpoint into a folder; breaking off keeps the last epoch, and the same call goes on from it. */
  train: oc.input(proposerTrainingJobSchema).output(eventIterator(proposerTrainingEventSchema)),
  /** Chains that the proposer writes from the left, with how probable each block was. `checkpoint`: a folder, null for the one that comes with the product. */
  sample: oc
    .input(
      z.object({
        checkpoint: z.string().nullable().default(null),
        count: z.number().int().min(1).max(1000).default(5),
        seed: z.number().int().default(1),
      }),
    )
    .output(z.array(proposedChainSchema)),
  /** Trains the GPTs of preset `workbench` on with what this workspace has trained, into a checkpoint beside the others. */
  fineTune: oc.input(fineTuneRequestSchema).output(eventIterator(fineTuneEventSchema)),
  /** Trains random block chains briefly and writes them as a table to learn from; the same request goes on where it was broken off. */
  corpus: oc.input(corpusRequestSchema).output(eventIterator(corpusEventSchema)),
  /** Those that new searches can ask before anything is known: that of the product first. What cannot be read is left out. */
  checkpoints: oc.output(z.array(namedCheckpointSchema)),
  /** New searches ask this one; going ones keep theirs. @throws not-found */
  use: oc.input(z.object({ name: z.string().max(64) })).output(z.object({ name: z.string() })),
  /** As `info`, of any checkpoint. */
  report: oc.input(z.object({ checkpoint: z.string().nullable().default(null) })).output(proposerInfoSchema),
}
