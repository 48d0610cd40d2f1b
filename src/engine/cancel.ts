// Small helpers round AbortSignal that Electron 22's Node lacks.
import { AppError } from '@shared/errors'

/** @throws AppError `cancelled` when the signal has fired. */
export function refuseCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new AppError('cancelled', 'The work was cancelled.')
}

/** Resolves after `ms`, or at once when the signal fires. */
export function delay(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout(finish, ms)
    signal?.addEventListener('abort', finish, { once: true })
    if (signal?.aborted === true) finish()
  })
}

/** A controller that also fires when `parent` does; call `release` when done with it. */
export function childController(parent: AbortSignal): { readonly controller: AbortController; release(): void } {
  const controller = new AbortController()
  const fire = (): void => controller.abort()
  if (parent.aborted) fire()
  else parent.addEventListener('abort', fire, { once: true })
  return { controller, release: () => parent.removeEventListener('abort', fire) }
}
