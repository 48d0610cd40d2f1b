// Work that tells how far it is until it is done: one at a time, stopped by a person or with its component, and begun again by the next
// start. What it is and what its last word means are its caller's.
import { onScopeDispose, readonly, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { useTask } from '@/api/use-task'
import type { ErrorData } from '@shared/errors'

export interface LongWork<A extends readonly unknown[], Step, End> {
  /** Never rejects. */
  run(...parameters: A): Promise<void>
  stop(): void
  readonly isBusy: Readonly<Ref<boolean>>
  readonly error: Readonly<Ref<ErrorData | null>>
  /** How far it is; null before it begins and once it is over. */
  readonly step: Readonly<Ref<Step | null>>
  /** Its last word, until it is begun again. */
  readonly end: Readonly<Ref<End | null>>
  /** By a person, and not begun again since. */
  readonly isStopped: Readonly<Ref<boolean>>
}

/** @param begin opens its stream, which breaks off when the signal aborts @param isStep tells what says how far it is from its last word */
export function useLongWork<A extends readonly unknown[], Event, Step extends Event>(
  begin: (signal: AbortSignal, ...parameters: A) => Promise<AsyncIterable<Event>>,
  isStep: (event: Event) => event is Step,
): LongWork<A, Step, Exclude<Event, Step>> {
  const step = shallowRef(null) as ShallowRef<Step | null>
  const end = shallowRef(null) as ShallowRef<Exclude<Event, Step> | null>
  const isStopped = ref(false)
  let breaking = new AbortController()
  onScopeDispose(() => breaking.abort())

  const task = useTask(async (...parameters: A) => {
    breaking = new AbortController()
    isStopped.value = false
    end.value = null
    const { signal } = breaking
    try {
      for await (const event of await begin(signal, ...parameters)) {
        if (signal.aborted) return
        if (isStep(event)) step.value = event
        else end.value = event as Exclude<Event, Step>
      }
    } finally {
      if (breaking.signal === signal) step.value = null
    }
  })
  return {
    run: async (...parameters) => {
      await task.run(...parameters)
    },
    stop: () => {
      breaking.abort()
      isStopped.value = true
      step.value = null
    },
    isBusy: task.isBusy,
    error: task.error,
    step,
    end,
    isStopped: readonly(isStopped),
  }
}
