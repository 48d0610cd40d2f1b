// Loss and accuracy over a whole split, batch by batch; the last short batch is filled up and the filling weighs nothing.
import type { TrainingSession } from './session'

export interface EvaluationSummary {
  /** Mean cross-entropy in nats. */
  readonly loss: number
  /** Fraction in [0, 1]. */
  readonly accuracy: number
}

/**
 * Yields the number of images looked at after each batch.
 * @param rows positions in the session's resident data, at least one
 * @param afterBatch runs between batches: lets messages in, checks limits, may throw
 */
export async function* evaluateAll(
  session: TrainingSession,
  rows: Int32Array,
  batchSize: number,
  afterBatch: () => Promise<void>,
): AsyncGenerator<number, EvaluationSummary, undefined> {
  let loss = 0
  let correct = 0
  for (let start = 0; start < rows.length; start += batchSize) {
    const counted = Math.min(batchSize, rows.length - start)
    // The first row fills up: any valid image will do, its weight is 0.
    const indices = new Int32Array(batchSize).fill(rows[0]!)
    indices.set(rows.subarray(start, start + counted))
    const weights = new Float32Array(batchSize).fill(1, 0, counted)
    const result = session.evaluate(indices, weights)
    loss += result.loss
    correct += result.correct
    await afterBatch()
    yield start + counted
  }
  return { loss: loss / rows.length, accuracy: correct / rows.length }
}
