// What model.json of a checkpoint of preset `in-context` says: sizes, how it was made and what was measured. Reading and writing the
// folder is node/small-checkpoints.ts's.
import { z } from 'zod'
import { AppError } from '../../errors'
import { firstIssue } from '../../first-issue'
import { InContextLearner } from './learner'

export const IN_CONTEXT_FORMAT = 'gptnas-in-context/1'

export const inContextFileSchema = z.object({
  format: z.literal(IN_CONTEXT_FORMAT),
  preset: z.literal('in-context'),
  name: z.string().min(1),
  model: z.object({
    width: z.number().int().min(1).max(1024),
    blocks: z.number().int().min(1).max(64),
    heads: z.number().int().min(1).max(64),
    inner: z.number().int().min(1).max(4096),
    pairInner: z.number().int().min(1).max(1024),
  }),
  training: z.object({
    seed: z.number().int(),
    steps: z.number().int(),
    command: z.string(),
    seconds: z.number(),
  }),
  metrics: z.record(z.string(), z.number()),
  weights: z.object({ sha256: z.string(), sizeBytes: z.number().int() }),
  card: z.object({ sha256: z.string() }),
})
export type InContextFile = z.infer<typeof inContextFileSchema>

/** @throws AppError `invalid-input` for text that is no such file */
export function parseInContextFile(text: string): InContextFile {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new AppError('invalid-input', 'model.json of the learner is not JSON.', 'Install the checkpoint again.', {
      cause,
    })
  }
  const parsed = inContextFileSchema.safeParse(json)
  if (!parsed.success)
    throw new AppError(
      'invalid-input',
      `model.json is no checkpoint of preset in-context: ${firstIssue(parsed.error, 'the file')}.`,
      'Name a folder that holds a trained in-context learner.',
    )
  return parsed.data
}

/** @throws AppError `invalid-input` where the number of weights does not fit the sizes */
export const learnerOf = ({ model }: InContextFile, weights: Float32Array): InContextLearner =>
  InContextLearner.read(weights, model)
