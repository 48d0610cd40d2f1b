// Everything a training needs before the first step, checked: data, network, checkpoint, and a batch that fits.
import { createHash } from 'node:crypto'
import path from 'node:path'
import type { TrainJob } from '@shared/contract/compute'
import type { Precision } from '@shared/search/recipe'
import { AppError } from '@shared/errors'
import { readableBytes } from '@shared/units'
import { buildNetwork, trainedNames, type Network } from '../networks/network'
import type { NamedArray } from '../networks/weights'
import { newestCheckpoint, type Checkpoint } from './checkpoint'
import { arithmeticOf } from './determinism'
import { evaluationBatchFor } from './evaluation'
import { readInitialWeights } from './initial-weights'
import { availableMemory } from '@node/memory'
import { extraCopies, trainingBytes } from './memory'
import type { Normalisation } from '../data/normalise'
import { usablePrecision } from './precision'
import { cacheFor, imageMemory, imagesOf, leastBytes, openData } from '../data/image-memory'
import { readIndices } from '../data/split-data'
import type { TrainingData } from '../data/training-data'

export interface Preparation {
  readonly network: Network
  /** Train images first, then validation images. Whoever trains closes it. */
  readonly data: TrainingData
  readonly trainCount: number
  readonly normalisation: Normalisation
  /** Values that the network begins with, by name. */
  readonly initial: ReadonlyMap<string, NamedArray> | undefined
  /** @see checkpoint */
  readonly identity: string
  readonly checkpoint: Checkpoint | null
  readonly notices: readonly string[]
  readonly batchSize: number
  /** Bytes that a training with such batches needs. */
  bytesFor(batchSize: number): number
  /** What this device can do of what the recipe asks for. */
  readonly precision: Precision
}

/** A machine that trains must still breathe: the window and other computes live in what is left. */
const USABLE_FRACTION = 0.9

function identityOf(job: TrainJob, train: Int32Array, validation: Int32Array, precision: Precision): string {
  const { graph, recipe, seed, trainable, data, initialWeights } = job
  const { count, shape, classes, mean, deviation } = data
  const decisive = {
    graph,
    recipe,
    seed,
    trainable,
    data: { count, shape, classes, mean, deviation },
    ...(initialWeights !== undefined && { start: path.basename(initialWeights) }),
    // A state of mixed precision holds more than one without.
    ...(precision !== 'float32' && { computed: precision }),
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
  return new AppError(
    'out-of-memory',
    `Training with batches of ${batchSize} needs about ${readableBytes(needed)}; ${readableBytes(available)} are available, of which it may take ${readableBytes(available * USABLE_FRACTION)}.`,
    'Lower the batch size or the cost limit of the space, or train fewer candidates at once.',
    { cause },
  )
}

/** The batch asked for or, where that would not fit and may be, half of it. @throws AppError `out-of-memory` with both figures */
function fittingBatch(
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

/** Whether the batch may be halved for want of memory: once, and not where the same numbers were asked for. */
export const mayHalve = ({ recipe, halveBatch }: TrainJob): boolean => !recipe.deterministic && halveBatch !== true

/** The batch to train with where it fits: that of the checkpoint, else the recipe's, or half of it where the job says so. */
function askedBatch({ recipe, halveBatch }: TrainJob, trainCount: number, checkpoint: Checkpoint | null) {
  const whole = Math.min(recipe.batchSize, trainCount)
  const before = checkpoint?.progress.batchSize ?? whole
  const asked = halveBatch === true ? Math.min(before, Math.max(1, Math.floor(whole / 2))) : before
  const notice = asked < before ? `The system ran out of memory with batches of ${before}; trains with ${asked}.` : null
  return { asked, notice }
}

export interface PrepareOptions {
  /** Bytes available; measured by default. */
  readonly memory?: (() => Promise<number>) | undefined
  /** Most bytes of images in memory; see `imageMemory` for the default. */
  readonly imageMemory?: number | undefined
}

/** @throws AppError `invalid-architecture`, `invalid-input`, `dataset-damaged`, `out-of-memory` */
export async function prepare(job: TrainJob, options: PrepareOptions = {}): Promise<Preparation> {
  const network = buildNetwork(job.graph)
  requireFit(network, job)
  requireTrained(network, job)
  const [train, validation] = [await readIndices(job.trainIndices), await readIndices(job.validationIndices)]
  if (train.length === 0 || validation.length === 0)
    throw new AppError(
      'invalid-input',
      `Training needs images for training and for validation; received ${train.length} and ${validation.length}.`,
    )
  const { precision, notice: fallback } = usablePrecision(job.recipe.precision)
  const initial =
    job.initialWeights === undefined ? null : await readInitialWeights(network, job.initialWeights, job.inherits)
  const identity = identityOf(job, train, validation, precision)
  const { checkpoint, notice } = await newestCheckpoint(job.checkpointFolder, identity)
  const { asked, notice: halved } = askedBatch(job, train.length, checkpoint)
  const rows = joined(train, validation)
  const images = imagesOf(job.data, rows)
  const available = await (options.memory ?? availableMemory)()
  const limit = options.imageMemory ?? imageMemory(available)
  const withoutImages = (size: number): number => trainingBytes(network, size, 0, extraCopies(job.recipe))
  const bytesFor = (size: number): number => withoutImages(size) + leastBytes(images, evaluationBatchFor(size), limit)
  const batch = fittingBatch(asked, bytesFor, available, mayHalve(job))
  const room = available * USABLE_FRACTION - withoutImages(batch.batchSize)
  const data = await openData(job.data, rows, cacheFor(images, evaluationBatchFor(batch.batchSize), limit, room))
  return {
    network,
    data,
    trainCount: train.length,
    normalisation: initial?.normalisation ?? { mean: job.data.mean, deviation: job.data.deviation },
    initial: initial?.arrays,
    identity,
    checkpoint,
    notices: [notice, initial?.notice ?? null, fallback, halved, batch.notice, data.notice].filter(
      (text): text is string => text !== null,
    ),
    batchSize: batch.batchSize,
    bytesFor,
    precision,
  }
}

function joined(first: Int32Array, second: Int32Array): Int32Array {
  const all = new Int32Array(first.length + second.length)
  all.set(first)
  all.set(second, first.length)
  return all
}
