// A stream that a compute produces, as a stream of the engine: the compute is held until the reader is done with it.
import { streamOfWork } from '../stream-of-work'
import type { ComputeClient, ComputePool } from './pool'

/**
 * @param open starts the stream on a compute
 * @param signal ends it; a reader that breaks off ends it as well
 */
export function streamFromPool<T>(
  pool: ComputePool,
  open: (client: ComputeClient, signal: AbortSignal) => Promise<AsyncIterable<T>>,
  signal: AbortSignal,
): AsyncGenerator<T, void, void> {
  return streamOfWork(
    (emit, ended) =>
      pool.run(async (client) => {
        for await (const item of await open(client, ended)) {
          emit(item)
          if (ended.aborted) return
        }
      }, ended),
    signal,
  )
}
