// Everything a training needs before the first step, checked: data, network, checkpoint, and a batch that fits.
import { createHash } from 'node:crypto'
import type { TrainJob } from '@shared/contract/compute'
import { AppError } from '@shared/errors'
import { buildNetwork, trainedNames, type Network } from '../networks/network'
import { newestCheckpoint, type Checkpoint } from './checkpoint'
import { arithmeticOf } from './determinism'
import { availableMemory, extraCopies, trainingBytes } from './memory'
import type { Normalisation } from './normalise'
import { readIndices, readRows, type SplitRows } from './split-data'

export interface Preparation {
  readonly network: Network
  /** Train rows first, then validation rows. */
  readonly rows: SplitRows
  readonly trainCount: number
  readonly normalisation: Normalisation
  /** @see checkpoint */
  readonly identity: string
  readonly checkpoint: Checkpoint | null
  readonly notices: readonly string[]
  readonly batchSize: number
}

const MEBIBYTE = 1024 * 1024
/** A machine that trains must still breathe: the window and other computes live in what is left. */
const USABLE_FRACTION = 0.9

function identityOf(job: TrainJob, train: Int32Array, validation: Int32Array): string {
  const { graph, recipe, seed, trainable, data } = job
  const { count, shape, classes, mean, deviation } = data
  const decisive = {
    graph,
    recipe,
    seed,
    trainable,
    data: { count, shape, classes, mean, deviation },
    // Bits of two kinds of arithmetic are not mixed: such a training starts over.
    ...(recipe.deterministic && { arithmetic: arithmeticOf() }),
  }
  const hash = createHash('sha256').update(JSON.stringify(decisive))
  for (const indices of [train, validation]) hash.update(`/${indices.length}/`).update(new Uint8Array(indices.buffer))
  return hash.digest('hex')
}

function requireFit(network: Network, { data }: TrainJob): void {
  if (network.graph.input.join() !== data.shape.join())
    throw new AppError(
      'invalid-architecture',
      `The network takes images of ${network.graph.input.join('x')}, the data set has ${data.shape.join('x')}.`,
      'Give the network the input size of the data set.',
    )
  if (network.classes !== data.classes)
    throw new AppError(
      'invalid-architecture',
      `The network ends in ${network.classes} scores, the data set has ${data.classes} classes.`,
      'Give the last dense layer one feature per class.',
    )
}

/** Nothing to learn would surface as a failed assertion of tfjs. */
function requireTrained(network: Network, { trainable }: TrainJob): void {
  if (trainedNames(network, trainable).size > 0) return
  throw new AppError(
    'invalid-architecture',
    `None of the network's ${network.arrays.length} arrays can be trained: its output depends on no weight.`,
    'Add a dense layer or a convolution between the input and the output.',
  )
}

/** What to say when no batch fits. */
export function outOfMemory(batchSize: number, needed: number, available: number, cause?: unknown): AppError {
  const mebibytes = (bytes: number): number => Math.round(bytes / MEBIBYTE)
  return new AppError(
    'out-of-memory',
    `Training with batches of ${batchSize} needs about ${mebibytes(needed)} MiB; ${mebibytes(available)} MiB are available.`,
    'Lower the batch size or the cost limit of the space, or train fewer candidates at once.',
    { cause },
  )
}

/** The batch asked for or, where that would not fit and may be, half of it. @throws AppError `out-of-memory` with both figures */
export function fittingBatch(
  asked: number,
  bytesFor: (batchSize: number) => number,
  available: number,
  mayHalve = true,
): { readonly batchSize: number; readonly notice: string | null } {
  const usable = available * USABLE_FRACTION
  if (bytesFor(asked) <= usable) return { batchSize: asked, notice: null }
  if (!mayHalve) throw outOfMemory(asked, bytesFor(asked), available)
  const half = Math.max(1, Math.floor(asked / 2))
  if (bytesFor(half) > usable) throw outOfMemory(half, bytesFor(half), available)
  return { batchSize: half, notice: `Batches of ${asked} would not fit the memory; trains with ${half}.` }
}

/** @param memory bytes available; measured by default */
export async function prepare(job: TrainJob, memory: () => Promise<number> = availableMemory): Promise<Preparation> {
  const network = buildNetwork(job.graph)
  requireFit(network, job)
  requireTrained(network, job)
  const [train, validation] = [await readIndices(job.trainIndices), await readIndices(job.validationIndices)]
  if (train.length === 0 || validation.length === 0)
    throw new AppError(
      'invalid-input',
      `Training needs images for training and for validation; received ${train.length} and ${validation.length}.`,
    )
  const identity = identityOf(job, train, validation)
  const rows = await readRows(job.data, joined(train, validation))
  const { checkpoint, notice } = await newestCheckpoint(job.checkpointFolder, identity)
  const asked = checkpoint?.progress.batchSize ?? Math.min(job.recipe.batchSize, train.length)
  const dataBytes = rows.images.length + 4 * rows.count
  const bytesFor = (size: number): number => trainingBytes(network, size, dataBytes, extraCopies(job.recipe))
  const batch = fittingBatch(asked, bytesFor, await memory(), !job.recipe.deterministic)
  return {
    network,
    rows,
    trainCount: train.length,
    normalisation: { mean: job.data.mean, deviation: job.data.deviation },
    identity,
    checkpoint,
    notices: [notice, batch.notice].filter((text): text is string => text !== null),
    batchSize: batch.batchSize,
  }
}

function joined(first: Int32Array, second: Int32Array): Int32Array {
  const all = new Int32Array(first.length + second.length)
  all.set(first)
  all.set(second, first.length)
  return all
}
