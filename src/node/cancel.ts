// Work that nobody wants any more: small helpers round AbortSignal that Electron 22's Node lacks.
import { AppError } from '@shared/errors'

const cancelled = (message: string): AppError => new AppError('cancelled', message)

/** @throws AppError `cancelled` when the signal has fired. */
export function refuseCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw cancelled('The work was cancelled.')
}

/** A controller that also fires when `parent` does; call `release` when done with it. */
export function childController(parent: AbortSignal): { readonly controller: AbortController; release(): void } {
  const controller = new AbortController()
  const fire = (): void => controller.abort()
  if (parent.aborted) fire()
  else parent.addEventListener('abort', fire, { once: true })
  return { controller, release: () => parent.removeEventListener('abort', fire) }
}

/**
 * What `promise` comes to, unless the signal fires first: the promise then goes on with nobody waiting.
 * @throws AppError `cancelled` with `message`, and what `promise` throws
 */
export async function orAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal,
  message = 'The work was cancelled.',
): Promise<T> {
  let fire: () => void = () => undefined
  const aborted = new Promise<never>((_, reject) => {
    fire = () => reject(cancelled(message))
    if (signal.aborted) fire()
    else signal.addEventListener('abort', fire, { once: true })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', fire)
  }
}
