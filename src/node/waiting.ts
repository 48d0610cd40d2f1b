// Waiting: for a time, for the event loop, or for something at most so long.

/** Largest delay that setTimeout takes, about 25 days; it takes a longer one for none at all. */
export const LONGEST_DELAY_MS = 2 ** 31 - 1

/** Resolves after `ms`, or at once when the signal fires. */
export function delay(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout(finish, Math.min(ms, LONGEST_DELAY_MS))
    signal?.addEventListener('abort', finish, { once: true })
    if (signal?.aborted === true) finish()
  })
}

/** Lets messages in and timers run before a long computation goes on. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/**
 * What `promise` comes to within `ms`; afterwards what `onLate` gives or throws. A promise that comes late goes on with nobody
 * waiting, and its failure is nobody's.
 */
export async function within<T, Late = never>(
  ms: number,
  promise: Promise<T>,
  onLate: () => Late | Promise<Late>,
): Promise<T | Late> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Late>((resolve, reject) => {
    timer = setTimeout(
      () => {
        // Also what it throws at once becomes a rejection.
        Promise.resolve().then(onLate).then(resolve, reject)
      },
      Math.min(ms, LONGEST_DELAY_MS),
    )
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
