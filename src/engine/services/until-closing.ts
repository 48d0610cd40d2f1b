// What every streaming procedure shares: an end when the caller breaks off or the engine closes.
import { childController } from '@node/cancel'

/**
 * Runs a stream with a signal that fires for either of two.
 * @param signal the caller's; absent for calls made in this process
 */
export async function* untilClosing<T>(
  closing: AbortSignal,
  signal: AbortSignal | undefined,
  stream: (signal: AbortSignal) => AsyncGenerator<T>,
): AsyncGenerator<T, void, void> {
  const { controller, release } = childController(closing)
  const fire = (): void => controller.abort()
  signal?.addEventListener('abort', fire, { once: true })
  if (signal?.aborted === true) fire()
  try {
    yield* stream(controller.signal)
  } finally {
    release()
    signal?.removeEventListener('abort', fire)
  }
}
