// A trial's weights file with the normalisation its images had: the two belong together, because a network sees nothing else.
import { AppError } from '@shared/errors'
import { z } from 'zod'
import type { NamedArray } from '../networks/weights'
import { readArrayFile } from '../networks/array-file'
import type { Normalisation } from '../data/normalise'

const metaSchema = z.object({
  format: z.literal('gptnas-weights/1'),
  epoch: z.number().int(),
  classes: z.number().int(),
  mean: z.array(z.number()),
  deviation: z.array(z.number()),
})

export interface TrainedWeights {
  readonly arrays: readonly NamedArray[]
  readonly normalisation: Normalisation
  readonly epoch: number
  readonly sha256: string
}

/** @throws AppError `storage-failed` when the file is damaged or is not a trial's weights */
export async function readTrainedWeights(path: string): Promise<TrainedWeights> {
  const { arrays, meta, sha256 } = await readArrayFile(path)
  const parsed = metaSchema.safeParse(meta)
  if (!parsed.success)
    throw new AppError('storage-failed', `${path} is not the weights file of a trial: ${z.prettifyError(parsed.error)}`)
  const { epoch, mean, deviation } = parsed.data
  return { arrays, normalisation: { mean, deviation }, epoch, sha256 }
}
