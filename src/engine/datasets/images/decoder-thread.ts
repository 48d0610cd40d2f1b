// Entry of a decoder thread: batches in, prepared pixels out, without a copy; and the comparing of fingerprints.
import { parentPort } from 'node:worker_threads'
import { prepareBatch, type Batch, type Prepared } from './batch'
import { findDuplicates, type DuplicatesFound, type PrintedSplits } from './duplicates'

export type ThreadRequest =
  { readonly id: number; readonly batch: Batch } | { readonly id: number; readonly printed: PrintedSplits }
export interface ThreadAnswer {
  readonly id: number
  readonly result: Prepared | DuplicatesFound
}

parentPort?.on('message', (request: ThreadRequest) => void answer(request))

/** What is thrown here is a bug: it ends the thread, and the other side hears of it. */
async function answer(request: ThreadRequest): Promise<void> {
  const { id } = request
  if ('printed' in request) parentPort?.postMessage({ id, result: findDuplicates(request.printed) })
  else {
    const result = await prepareBatch(request.batch)
    parentPort?.postMessage({ id, result }, [result.pixels.buffer as ArrayBuffer])
  }
}
