// A stream that a compute produces, as a stream of the engine: the compute is held until the reader is done with it.
import { childController } from '../cancel'
import type { ComputeClient, ComputePool } from './pool'

/**
 * @param open starts the stream on a compute
 * @param signal ends it; a reader that breaks off ends it as well
 */
export async function* streamFromPool<T>(
  pool: ComputePool,
  open: (client: ComputeClient, signal: AbortSignal) => Promise<AsyncIterable<T>>,
  signal: AbortSignal,
): AsyncGenerator<T, void, void> {
  const { controller, release } = childController(signal)
  const queue: T[] = []
  let wake: () => void = () => undefined
  let isDone = false
  const job = pool
    .run(async (client) => {
      for await (const item of await open(client, controller.signal)) {
        queue.push(item)
        wake()
        if (controller.signal.aborted) return
      }
    }, controller.signal)
    .finally(() => {
      isDone = true
      wake()
    })
  // Its failure is thrown to the reader below; a reader that left does not want it.
  job.catch(() => undefined)
  try {
    while (!isDone || queue.length > 0) {
      const item = queue.shift()
      if (item !== undefined) yield item
      else if (!isDone) await new Promise<void>((resolve) => (wake = resolve))
    }
    await job
  } finally {
    controller.abort()
    release()
  }
}
