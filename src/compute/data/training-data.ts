// What a training knows of its images: their number, and batches of them in a given order. Whether they lie in memory
// (resident-data.ts) or are read as training goes (streamed-data.ts) changes no bit of a result, and is decided in image-memory.ts.
import type { Tensor, Variable } from '../tensorflow/backend'
import type { FeedSpec, FeedValue } from '../tensorflow/recorder/program'
import type { Batch } from './augmentation'

/** What a step is fed to have its batch; made by `TrainingData.batches`, understood by the `BatchSource` of the same data. */
export type BatchFeeds = Readonly<Record<string, FeedValue>>

/** The session's side: how a recorded entry gets its batch from what is fed. */
export interface BatchSource {
  /** Live in the session; whoever records them disposes them. */
  readonly variables: Readonly<Record<string, Variable>>
  feeds(batchSize: number): Readonly<Record<string, FeedSpec>>
  /** In the graph; belongs to the surrounding tidy. */
  pick(feeds: Readonly<Record<string, Tensor>>): Batch
}

export interface TrainingData {
  /** Images are named by position, `[0, count)`: those of training first, then those of validation. */
  readonly count: number
  /** Something that a person should know of where the images are; null when they are simply in memory. */
  readonly notice: string | null
  /** For the one session that trains on this data; call once. */
  source(): BatchSource
  /**
   * The batches of `positions`, each valid until the next one is asked for. One at a time: leave the iterator (`break` will
   * do) before the next is asked for.
   * @param positions a whole number of batches
   * @throws AppError `dataset-damaged` while iterating
   */
  batches(positions: Int32Array, batchSize: number): AsyncIterable<BatchFeeds>
  close(): Promise<void>
}
