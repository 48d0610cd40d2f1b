// Where a training stands, in its output folder after every epoch, so that the same command goes on where it was broken off.
import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProposerTraining } from '@shared/contract/proposer'
import { AppError } from '@shared/errors'
import { z } from 'zod'
import type { NamedArray } from '../../networks/weights'
import { isMissing } from '@node/read-file'
import { readArrayFile, readArrayMeta, writeArrayFile } from '../../networks/array-file'
import { measurementSchema, vocabularyIdentity, type Measurement } from '../model/model-file'

const FORMAT = 'gptnas-proposer-training/2'
export const STATE_FILE = 'training.state'

const stateSchema = z.object({
  format: z.literal(FORMAT),
  /** Of settings and vocabulary: another training's state is never continued. */
  identity: z.string(),
  phase: z.number().int(),
  /** Epochs of that phase that are done. */
  epoch: z.number().int(),
  /** The running phase's, one an epoch, on the networks that say when to stop. */
  losses: z.array(z.number()),
  seconds: z.number(),
  measurements: z.array(measurementSchema),
})

export interface TrainingState {
  readonly phase: number
  readonly epoch: number
  readonly losses: readonly number[]
  readonly seconds: number
  readonly measurements: readonly Measurement[]
  /** Finished phases' weights under their names; the running phase's weights and moments under `now/`, its best epoch's weights under `best/`. */
  readonly arrays: readonly NamedArray[]
}

const pathIn = (folder: string): string => join(folder, STATE_FILE)

export function trainingIdentity(training: ProposerTraining): string {
  return createHash('sha256')
    .update(JSON.stringify([training, vocabularyIdentity()]))
    .digest('hex')
}

/** Undefined when the folder has no state of the same training; `notice` says why one was passed over. */
export async function readState(
  folder: string,
  identity: string,
): Promise<{ readonly state?: TrainingState; readonly notice?: string }> {
  await mkdir(folder, { recursive: true })
  try {
    const { meta, arrays } = await readArrayFile(pathIn(folder))
    const parsed = stateSchema.safeParse(meta)
    if (!parsed.success || parsed.data.identity !== identity)
      return { notice: 'The folder holds the state of another training; this one starts anew.' }
    const { format: _, identity: __, ...reached } = parsed.data
    return { state: { ...reached, arrays } }
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    return isMissing(thrown.cause) ? {} : { notice: thrown.message }
  }
}

export async function writeState(folder: string, identity: string, state: TrainingState): Promise<void> {
  const { arrays, ...meta } = state
  await writeArrayFile(pathIn(folder), { format: FORMAT, identity, ...meta }, arrays)
}

/** Whether `folder` holds the state of a training, whichever. */
export async function isStateIn(folder: string): Promise<boolean> {
  return (await readArrayMeta(pathIn(folder)))?.['format'] === FORMAT
}
