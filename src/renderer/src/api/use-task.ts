// One asynchronous action or request of a component: whether it runs, what it gave, how it failed.
import { readonly, ref, shallowRef, type Ref } from 'vue'
import { isCancellation, toErrorData } from '@/api/errors'
import type { ErrorData } from '@shared/errors'

export interface Task<A extends readonly unknown[], R> {
  /** Runs it; the result, or undefined when it failed or a later run overtook this one. Never rejects. */
  run(...parameters: A): Promise<R | undefined>
  readonly isBusy: Readonly<Ref<boolean>>
  readonly result: Readonly<Ref<R | undefined>>
  readonly error: Readonly<Ref<ErrorData | null>>
}

/** Wraps `work`. Of runs that overlap only the last one sets result and error. */
export function useTask<A extends readonly unknown[], R>(work: (...parameters: A) => Promise<R>): Task<A, R> {
  const isBusy = ref(false)
  const result = shallowRef<R>()
  const error = shallowRef<ErrorData | null>(null)
  let latest = 0

  const run = async (...parameters: A): Promise<R | undefined> => {
    const mine = ++latest
    isBusy.value = true
    error.value = null
    try {
      const value = await work(...parameters)
      if (mine !== latest) return undefined
      result.value = value
      return value
    } catch (thrown) {
      if (mine === latest && !isCancellation(thrown)) error.value = toErrorData(thrown)
      return undefined
    } finally {
      if (mine === latest) isBusy.value = false
    }
  }
  return { run, isBusy: readonly(isBusy), result, error }
}
