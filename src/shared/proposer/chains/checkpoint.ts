// What model.json of a checkpoint of preset `chains` says. The figures of its corpus, then the weights of each process lie behind one
// another in weights.bin. Reading and writing the folder is node/small-checkpoints.ts's.
import { z } from 'zod'
import { AppError } from '../../errors'
import { firstIssue } from '../../first-issue'
import type { ChainJudge } from '../../strategies/strategy'
import { chainJudge } from './judge'
import type { ChainModel } from './model'

export const CHAINS_FORMAT = 'gptnas-chains/1'

export const chainsFileSchema = z.object({
  format: z.literal(CHAINS_FORMAT),
  preset: z.literal('chains'),
  name: z.string().min(1).max(64),
  /** Of the figures that it reads, counts of blocks first. */
  titles: z.array(z.string()).min(1).max(1000),
  counted: z.number().int().min(0),
  rows: z.number().int().min(1).max(10_000),
  processes: z
    .array(
      z.object({
        counts: z.number().min(0),
        traits: z.number().min(0),
        noise: z.number().positive(),
        share: z.number().min(0).max(1),
        mean: z.number(),
      }),
    )
    .min(1)
    .max(16),
  /** Spearman's correlation on a data set that it had not seen. */
  trust: z.number().min(-1).max(1),
  training: z.object({
    seed: z.number().int(),
    shuffleLabels: z.boolean(),
    command: z.string(),
    /** Of the table of trained chains. */
    corpusSha256: z.string(),
    /** Chains of each data set. */
    datasets: z.record(z.string(), z.number().int()),
    seconds: z.number(),
  }),
  metrics: z.record(z.string(), z.number()),
  weights: z.object({ sha256: z.string(), sizeBytes: z.number().int() }),
  card: z.object({ sha256: z.string() }),
})
export type ChainsFile = z.infer<typeof chainsFileSchema>

/** @throws AppError `invalid-input` for text that is no such file */
export function parseChainsFile(text: string): ChainsFile {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new AppError('invalid-input', 'model.json of the judge of chains is not JSON.', 'Install it again.', {
      cause,
    })
  }
  const parsed = chainsFileSchema.safeParse(json)
  if (!parsed.success)
    throw new AppError(
      'invalid-input',
      `model.json is no checkpoint of preset chains: ${firstIssue(parsed.error, 'the file')}.`,
      'Name a folder that holds a judge of chains.',
    )
  return parsed.data
}

export function chainWeights({ rows, processes }: ChainModel): Float32Array {
  const parts = [...rows, ...processes.map(({ weights }) => weights)]
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  parts.reduce((at, part) => (all.set(part, at), at + part.length), 0)
  return all
}

/** @throws AppError `invalid-input` where the number of weights does not fit the sizes */
export function chainJudgeOf(file: ChainsFile, weights: Float32Array): ChainJudge {
  const { titles, counted, rows, processes } = file
  const width = titles.length
  if (counted > width || weights.length !== rows * (width + processes.length))
    throw new AppError(
      'invalid-input',
      `${weights.length} weights cannot be those of ${rows} chains with ${width} figures, ${counted} of them counts, and ${processes.length} processes.`,
      'Train the judge of chains again, or install the product again.',
    )
  const part = (at: number, length: number): Float64Array => Float64Array.from(weights.subarray(at, at + length))
  const model: ChainModel = {
    ...{ titles, counted },
    rows: Array.from({ length: rows }, (_, i) => part(i * width, width)),
    processes: processes.map((each, i) => ({ ...each, weights: part(rows * (width + i), rows) })),
  }
  return chainJudge(file.name, model, file.trust)
}
