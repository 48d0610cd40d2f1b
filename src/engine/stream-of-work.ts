// Work that tells of itself, as a stream: whoever reads it takes items at his own pace, and ends the work by breaking off. And work of which
// there is one at a time.
import { AppError } from '@shared/errors'
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

/**
 * Keeps two from the same files: one that was broken off is waited for, one that goes is not.
 * @param what as in "Another comparison is going"
 */
export function oneAtATime(what: string) {
  let present: { readonly signal: AbortSignal; readonly done: Promise<void> } | undefined
  return async (work: () => Promise<void>, signal: AbortSignal): Promise<void> => {
    while (present?.signal.aborted === true) await present.done.catch(() => undefined)
    if (present !== undefined)
      throw new AppError('conflict', `Another ${what} is going.`, 'Wait for it, or break it off.')
    const done = work().finally(() => (present = undefined))
    present = { signal, done }
    await done
  }
}
