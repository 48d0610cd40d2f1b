// Checkpoints of one trial in one folder: the state after each epoch, and the weights of the best epoch in a file of
// their own, which is what the trial leaves behind. Newest whole one wins; a damaged one falls back to the one before.
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@shared/errors'
import { epochSchema } from '@shared/search/trial'
import { z } from 'zod'
import type { NamedArray } from '../networks/weights'
import { PARTIAL_SUFFIX } from '@node/whole-file'
import { readArrayFile, writeArrayFile } from '../networks/array-file'

/** The states kept: the newest, and one to fall back to. */
const KEPT_CHECKPOINTS = 2

const bestSchema = z.object({
  epoch: z.number().int(),
  accuracy: z.number(),
  file: z.string(),
  sha256: z.string(),
})

const progressSchema = z.object({
  format: z.literal('gptnas-checkpoint/1'),
  /** Hash of everything that decides the training; another training's checkpoint is never continued. */
  identity: z.string(),
  batchSize: z.number().int(),
  /** Seconds of training so far, over all attempts. */
  seconds: z.number(),
  epochs: z.array(epochSchema).min(1),
  best: bestSchema,
})
export type Progress = Omit<z.infer<typeof progressSchema>, 'format'>
export type Best = z.infer<typeof bestSchema>

export interface Checkpoint {
  readonly progress: Progress
  readonly state: readonly NamedArray[]
}

export interface Resumption {
  readonly checkpoint: Checkpoint | null
  /** Why newer files were passed over; null when none were. */
  readonly notice: string | null
}

const padded = (epoch: number): string => String(epoch).padStart(5, '0')
const checkpointName = (epoch: number): string => `epoch-${padded(epoch)}.checkpoint`
const bestName = (epoch: number): string => `best-${padded(epoch)}.weights`

async function checkpointNames(folder: string): Promise<string[]> {
  const names = await readdir(folder)
  return names.filter((name) => /^epoch-\d+\.checkpoint$/.test(name)).sort()
}

async function readCheckpoint(folder: string, name: string, identity: string): Promise<Checkpoint> {
  const { meta, arrays } = await readArrayFile(join(folder, name))
  const { format: _, ...progress } = progressSchema.parse(meta)
  if (progress.identity !== identity) throw new AppError('conflict', `${name} belongs to another training.`)
  const best = await readArrayFile(join(folder, progress.best.file))
  if (best.sha256 !== progress.best.sha256)
    throw new AppError('storage-failed', `${progress.best.file} is not the file that ${name} was written with.`)
  return { progress, state: arrays }
}

/** As the first versions ended the name of a file that was still being written. */
const FORMER_SUFFIX = '.part'

/** What a process that ended in the middle of writing left; one compute at a time writes into a trial's folder. */
async function sweep(folder: string): Promise<void> {
  const left = (await readdir(folder)).filter((name) => name.endsWith(PARTIAL_SUFFIX) || name.endsWith(FORMER_SUFFIX))
  await Promise.all(left.map((name) => rm(join(folder, name), { force: true })))
}

/**
 * The newest checkpoint in `folder` (made if absent) that is whole and belongs to the same training. Removes what an end in the
 * middle of writing left there.
 */
export async function newestCheckpoint(folder: string, identity: string): Promise<Resumption> {
  await mkdir(folder, { recursive: true })
  await sweep(folder)
  const passedOver: string[] = []
  for (const name of (await checkpointNames(folder)).reverse()) {
    try {
      const checkpoint = await readCheckpoint(folder, name, identity)
      return { checkpoint, notice: passedOver.length > 0 ? passedOver.join(' ') : null }
    } catch (thrown) {
      // Only what a file can be guilty of; anything else is a bug and must surface.
      if (!(thrown instanceof AppError) && !(thrown instanceof z.ZodError) && !(thrown instanceof SyntaxError))
        throw thrown
      passedOver.push(thrown instanceof AppError ? thrown.message : `${name} has an unreadable header.`)
    }
  }
  return { checkpoint: null, notice: passedOver.length > 0 ? passedOver.join(' ') : null }
}

export interface BestWeights {
  readonly epoch: number
  /** On the validation images, 0 to 1. */
  readonly accuracy: number
  /** Written into the file's header. */
  readonly meta: Readonly<Record<string, unknown>>
  readonly weights: readonly NamedArray[]
}

/** Stores the weights of an epoch that is the best so far. Part of no checkpoint until one names it. */
export async function writeBest(folder: string, { epoch, accuracy, meta, weights }: BestWeights): Promise<Best> {
  const file = bestName(epoch)
  const sha256 = await writeArrayFile(join(folder, file), meta, weights)
  return { epoch, accuracy, file, sha256 }
}

/** Stores the state after an epoch, then drops what no kept checkpoint needs. @param keep which epoch's weights `progress.best` is */
export async function writeCheckpoint(
  folder: string,
  progress: Progress,
  state: readonly NamedArray[],
  keep: 'best' | 'last' = 'best',
): Promise<void> {
  const epoch = progress.epochs[progress.epochs.length - 1]!.epoch
  const meta: z.infer<typeof progressSchema> = { format: 'gptnas-checkpoint/1', ...progress }
  await writeArrayFile(join(folder, checkpointName(epoch)), meta, state)
  const outdated = (await checkpointNames(folder)).slice(0, -KEPT_CHECKPOINTS)
  await Promise.all(outdated.map((name) => rm(join(folder, name), { force: true })))
  await removeOutdatedBest(folder, progress, keep)
}

/** The best file named now, and the one the checkpoint before may name, stay. */
async function removeOutdatedBest(folder: string, { best, epochs }: Progress, keep: 'best' | 'last'): Promise<void> {
  const before = epochs.slice(0, -1)
  const previous = before.reduce<number | null>(
    (held, { epoch, validationAccuracy }) =>
      held === null || keep === 'last' || validationAccuracy > before[held - 1]!.validationAccuracy ? epoch : held,
    null,
  )
  const kept = new Set([best.file, ...(previous === null ? [] : [bestName(previous)])])
  const names = (await readdir(folder)).filter((name) => /^best-\d+\.weights$/.test(name) && !kept.has(name))
  await Promise.all(names.map((name) => rm(join(folder, name), { force: true })))
}
