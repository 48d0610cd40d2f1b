// What model.json of a checkpoint of preset `workbench` says: sizes, how it was made and what was measured. The weights of all members
// lie behind one another in weights.bin, float32, little endian. Reading and writing the folder is node/small-checkpoints.ts's.
import { z } from 'zod'
import { AppError } from '../errors'
import { firstIssue } from '../first-issue'
import type { GraphJudge } from '../strategies/strategy'
import { fineTunedSchema } from './fine-tuned'
import { createJudge } from './judge'
import { RelationalGpt } from './relational-gpt'

export const WORKBENCH_FORMAT = 'gptnas-workbench/1'

export const workbenchFileSchema = z.object({
  format: z.literal(WORKBENCH_FORMAT),
  preset: z.literal('workbench'),
  name: z.string().min(1),
  gpt: z.object({
    width: z.number().int(),
    blocks: z.number().int(),
    heads: z.number().int(),
    inner: z.number().int(),
  }),
  /** GPTs whose values are averaged. */
  members: z.number().int().min(1).max(16),
  training: z.object({
    seed: z.number().int(),
    steps: z.number().int(),
    shuffleLabels: z.boolean(),
    command: z.string(),
    /** Of the table of measured cells. */
    tableSha256: z.string(),
    seconds: z.number(),
  }),
  metrics: z.record(z.string(), z.number()),
  /** Absent where it was trained from nothing. */
  fineTuned: fineTunedSchema.optional(),
  weights: z.object({ sha256: z.string(), sizeBytes: z.number().int() }),
  card: z.object({ sha256: z.string() }),
})
export type WorkbenchFile = z.infer<typeof workbenchFileSchema>

/** @throws AppError `invalid-input` for text that is no such file, or a model of other sizes */
export function parseWorkbenchFile(text: string): WorkbenchFile {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new AppError('invalid-input', 'model.json of the proposer is not JSON.', 'Install the checkpoint again.', {
      cause,
    })
  }
  const parsed = workbenchFileSchema.safeParse(json)
  if (!parsed.success)
    throw new AppError(
      'invalid-input',
      `model.json is no checkpoint of preset workbench: ${firstIssue(parsed.error, 'the file')}.`,
      'Name the folder of a checkpoint of this preset.',
    )
  return parsed.data
}

/** @param weights of all members @throws AppError `invalid-input` where their number does not fit the sizes */
export function membersOf({ gpt, members }: WorkbenchFile, weights: Float32Array): RelationalGpt[] {
  const size = weights.length / members
  if (!Number.isInteger(size))
    throw new AppError('invalid-input', `${weights.length} weights cannot be those of ${members} equal models.`)
  return Array.from({ length: members }, (_, i) => RelationalGpt.read(weights.slice(i * size, (i + 1) * size), gpt))
}

/** What was trained on further knows what architectures came to: that alone counts, and chains are read by their layers. */
const QUALITY_OF_LAYERS = { values: 1, readsLayers: true }

export function judgeOf(file: WorkbenchFile, weights: Float32Array): GraphJudge {
  const members = membersOf(file, weights)
  return file.fineTuned === undefined ? createJudge(members) : createJudge(members, QUALITY_OF_LAYERS)
}
