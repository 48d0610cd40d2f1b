// What model.json of a checkpoint says: sizes, language, what was trained on and what was measured on held-out networks.
// Reading and writing the folder is checkpoint.ts's.
import { createHash } from 'node:crypto'
import { proposerTrainingSchema } from '@shared/contract/proposer'
import { VOCABULARY_NAME, describeToken, vocabularySize } from '@shared/language'
import { z } from 'zod'

export const MODEL_FILE = 'model.json'
export const WEIGHTS_FILE = 'weights.bin'
export const CARD_FILE = 'CARD.md'

const arraySchema = z.object({ name: z.string(), shape: z.array(z.number().int().min(0)) })

const scoreSchema = z.object({ loss: z.number(), accuracy: z.number() })

/** How good a model is on networks that it was not trained on, beside what needs no network. Losses are nats a row. */
export const measurementSchema = z.object({
  phase: z.string(),
  test: z.string(),
  networks: z.number().int(),
  /** Layers (blocks, for the classifier) predicted, and how many different rows they are. */
  predictions: z.number(),
  rows: z.number().int(),
  /** Share of the predictions whose row also occurs in a training network. */
  seen: z.number(),
  model: scoreSchema,
  baselines: z.record(z.string(), scoreSchema),
  /** No model that sees this window can have a lower loss on these rows; only where it is known. */
  floor: z.number().nullable(),
  /** The phase's epoch that was kept, from 1; the first format kept the last. */
  epoch: z.number().int().optional(),
})
export type Measurement = z.infer<typeof measurementSchema>

export const modelFileSchema = z.object({
  /** The second has a classifier with a prior, which a program of the first would leave out unnoticed. */
  format: z.enum(['gptnas-proposer/1', 'gptnas-proposer/2']),
  name: z.string(),
  preset: z.literal('paper'),
  /** `sha256` of the tokens' texts, one a line: equal exactly when ids mean the same. */
  vocabulary: z.object({ name: z.string(), size: z.number().int(), sha256: z.string() }),
  gpt: z.object({
    vocabulary: z.number().int(),
    window: z.number().int(),
    layers: z.number().int(),
    heads: z.number().int(),
    width: z.number().int(),
  }),
  classifier: z.object({
    vocabulary: z.number().int(),
    window: z.number().int(),
    blocks: z.number().int(),
    embedding: z.number().int(),
    hidden: z.number().int(),
    /** With a table of counts (`classifier/prior`) that the network adds to; the first format has none. */
    prior: z.boolean().optional(),
  }),
  /** Class i of the classifier. */
  blocks: z.array(z.string()),
  weights: z.object({
    file: z.literal(WEIGHTS_FILE),
    sha256: z.string(),
    sizeBytes: z.number().int(),
    arrays: z.array(arraySchema),
  }),
  /** Left out by versions that did not look whose files they wrote over. */
  card: z.object({ file: z.literal(CARD_FILE), sha256: z.string() }).optional(),
  training: proposerTrainingSchema.extend({ command: z.string(), seconds: z.number() }),
  /** What was trained on: networks and different rows, by part of the corpus. */
  corpus: z.record(
    z.string(),
    z.object({
      train: z.number().int(),
      /** Those that said when to stop; the first version had none. */
      stop: z.number().int().optional(),
      heldOut: z.number().int(),
      rows: z.number().int(),
    }),
  ),
  /** The headline figures; everything measured is below. */
  metrics: z.record(z.string(), z.number()),
  measurements: z.array(measurementSchema),
})
export type ModelFile = z.infer<typeof modelFileSchema>

/** What whoever writes a checkpoint has to say; the rest follows from this program and the arrays. */
export type ModelDescription = Omit<ModelFile, 'format' | 'preset' | 'vocabulary' | 'blocks' | 'weights' | 'card'>

export const vocabularyIdentity = (): ModelFile['vocabulary'] => ({
  name: VOCABULARY_NAME,
  size: vocabularySize,
  sha256: createHash('sha256')
    .update(Array.from({ length: vocabularySize }, (_, id) => describeToken(id)).join('\n'))
    .digest('hex'),
})
