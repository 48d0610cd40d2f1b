// Loss and accuracy over a whole split, batch by batch; the last short batch is filled up and the filling weighs nothing.
import type { TrainingSession } from './session'
import type { TrainingData } from '../data/training-data'

export interface EvaluationSummary {
  /** Mean cross-entropy in nats. */
  readonly loss: number
  /** Fraction in [0, 1]. */
  readonly accuracy: number
}

/** Below this a batch is bound by dispatch, not by arithmetic (chosen: small networks at 64 images were). */
const SMALL_BATCH = 64

/**
 * Evaluation keeps no activations for a backward pass, so it has room for twice a step's images; beyond a small batch that
 * gains nothing, and equal shapes spare choosing kernels anew. Never less than the step's.
 */
export const evaluationBatchFor = (batchSize: number): number =>
  batchSize >= SMALL_BATCH ? batchSize : Math.min(SMALL_BATCH, 2 * batchSize)

export interface Evaluated {
  readonly session: TrainingSession
  /** What the session trains on. */
  readonly data: TrainingData
  /** In `data`, at least one. */
  readonly positions: Int32Array
  /** The session's. */
  readonly batchSize: number
  /** Runs between batches: lets messages in, checks limits, may throw. */
  readonly afterBatch: () => Promise<void>
}

/** Yields the number of images looked at after each batch. @throws what `afterBatch` throws, and AppError `dataset-damaged` */
export async function* evaluateAll({
  session,
  data,
  positions,
  batchSize,
  afterBatch,
}: Evaluated): AsyncGenerator<number, EvaluationSummary, undefined> {
  let loss = 0
  let correct = 0
  let seen = 0
  for await (const batch of data.batches(filledUp(positions, batchSize), batchSize)) {
    const counted = Math.min(batchSize, positions.length - seen)
    const result = session.evaluate(batch, new Float32Array(batchSize).fill(1, 0, counted))
    loss += result.loss
    correct += result.correct
    seen += counted
    await afterBatch()
    yield seen
  }
  return { loss: loss / positions.length, accuracy: correct / positions.length }
}

/** Whole batches: the first position fills up, for any valid image will do where its weight is 0. */
function filledUp(positions: Int32Array, batchSize: number): Int32Array {
  const filled = new Int32Array(Math.ceil(positions.length / batchSize) * batchSize).fill(positions[0]!)
  filled.set(positions)
  return filled
}
