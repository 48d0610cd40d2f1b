// Follows one of the engine's event streams for as long as its scope lives and reopens it after an engine restart.
import { onScopeDispose, readonly, ref, shallowRef, watch, type Ref } from 'vue'
import { useEngine } from '@/api/keys'
import { isCancellation, toErrorData } from '@/api/errors'
import type { ErrorData } from '@shared/errors'

export interface Stream {
  /** `open` once the first event has come. */
  readonly state: Readonly<Ref<'idle' | 'opening' | 'open' | 'ended' | 'failed'>>
  readonly error: Readonly<Ref<ErrorData | null>>
  /** Opens it again after a failure or its end. */
  reopen(): void
}

/**
 * @param source what to follow, as a reactive key: a new key closes the old stream and opens one for the new key, null closes it.
 * @param open opens the stream of a key; it must break off when the signal aborts.
 * @param onEvent called for each event; `isFirst` is true for the first one after every (re)opening.
 */
export function useStream<K, E>(
  source: () => K | null,
  open: (key: K, signal: AbortSignal) => Promise<AsyncIterable<E>>,
  onEvent: (event: E, isFirst: boolean) => void,
): Stream {
  const { generation } = useEngine()
  const state = ref<'idle' | 'opening' | 'open' | 'ended' | 'failed'>('idle')
  const error = shallowRef<ErrorData | null>(null)
  const attempt = ref(0)

  const follow = async (key: K, signal: AbortSignal): Promise<void> => {
    state.value = 'opening'
    error.value = null
    const portOfThis = generation.value
    try {
      let isFirst = true
      for await (const event of await open(key, signal)) {
        if (signal.aborted) return
        state.value = 'open'
        onEvent(event, isFirst)
        isFirst = false
      }
      if (!signal.aborted) state.value = 'ended'
    } catch (thrown) {
      // A new port has its own stream already: the old one's death is not news.
      if (signal.aborted || generation.value !== portOfThis || isCancellation(thrown)) return
      error.value = toErrorData(thrown)
      state.value = 'failed'
    }
  }

  let controller: AbortController | null = null
  const stop = (): void => controller?.abort()
  watch(
    [source, generation, attempt],
    ([key]) => {
      stop()
      state.value = 'idle'
      if (key === null) return
      controller = new AbortController()
      void follow(key as K, controller.signal)
    },
    { immediate: true },
  )
  onScopeDispose(stop)

  return { state: readonly(state), error, reopen: () => (attempt.value += 1) }
}
