// What is told of a checkpoint that came of another by further training: in its model.json, its card and to whoever had it trained.
import { z } from 'zod'

/** Of each GPT: a minute of one core for three of them on block chains, seconds on cells. */
export const FINE_TUNING_STEPS = 100

const heldOutSchema = z.object({ tau: z.number().nullable(), perplexity: z.number() })

/** How a checkpoint came of another: what it was trained on further, and what that was worth on what was held out. */
export const fineTunedSchema = z.object({
  /** The checkpoint before, which stays as it is. */
  from: z.object({ name: z.string(), sha256: z.string() }),
  /** What it learned from, for people. */
  corpus: z.string(),
  /** Of the labelled architectures, in their order. */
  corpusSha256: z.string(),
  seed: z.number().int(),
  steps: z.number().int(),
  shuffleLabels: z.boolean(),
  command: z.string(),
  seconds: z.number(),
  trainedOn: z.number().int(),
  heldOut: z.number().int(),
  groups: z.number().int(),
  before: heldOutSchema,
  after: heldOutSchema,
})
export type FineTunedFrom = z.infer<typeof fineTunedSchema>
