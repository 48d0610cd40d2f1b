// Work that tells of itself, as a stream: whoever reads it takes items at his own pace, and ends the work by breaking off.
import { childController } from '@node/cancel'

/**
 * Starts `work` at the first read. What it emits waits until it is read; its failure is thrown to the reader after that.
 * @param work gets a signal that fires when `signal` does or the reader breaks off; it is not waited for then
 */
export async function* streamOfWork<T>(
  work: (emit: (item: T) => void, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): AsyncGenerator<T, void, void> {
  const { controller, release } = childController(signal)
  const queue: T[] = []
  let wake: () => void = () => undefined
  let isDone = false
  const emit = (item: T): void => {
    queue.push(item)
    wake()
  }
  const working = work(emit, controller.signal).finally(() => {
    isDone = true
    wake()
  })
  // Thrown to the reader below; one that has left does not want it.
  working.catch(() => undefined)
  try {
    while (!isDone || queue.length > 0) {
      const item = queue.shift()
      if (item !== undefined) yield item
      else await new Promise<void>((resolve) => (wake = resolve))
    }
    await working
  } finally {
    controller.abort()
    release()
  }
}
