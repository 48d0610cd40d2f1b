// What the window tells the user in passing: toasts that leave by themselves, and failures that stay until they are mended or
// dismissed, shown where they happened (InlineFailures.vue) and in the status bar. Neither a question nor a failure is a toast.
// A failure is what the workbench tried and could not do; what is wrong with a design or a definition is a problem.
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { toErrorData } from '@/api/errors'
import type { ErrorData } from '@shared/errors'

export interface NoticeAction {
  readonly label: string
  readonly run: () => void
}
export interface Toast {
  readonly id: number
  readonly text: string
  readonly action?: NoticeAction | undefined
}
export interface Failure {
  /** Equal for the same failure, so that it is listed once. */
  readonly key: string
  readonly title: string
  readonly error: ErrorData
  readonly at: Date
  readonly action?: NoticeAction | undefined
}

export interface Attempt {
  /** One for each kind of action on one thing, so that its next success clears it. */
  readonly key: string
  /** What could not be done, as a sentence. */
  readonly title: string
  readonly retryLabel: string
}

/** Long enough to read two lines and reach the button (WCAG asks for no less than the reader needs; the list keeps failures). */
const TOAST_MS = 6000

export const useNoticesStore = defineStore('notices', () => {
  const toasts = ref<Toast[]>([])
  const failures = ref<Failure[]>([])
  let nextId = 1

  function dismissToast(id: number): void {
    toasts.value = toasts.value.filter((toast) => toast.id !== id)
  }
  function tell(text: string, action?: NoticeAction): void {
    const id = nextId++
    toasts.value = [...toasts.value, { id, text, action }]
    setTimeout(() => dismissToast(id), TOAST_MS)
  }
  function report(key: string, title: string, error: ErrorData, action?: NoticeAction): void {
    failures.value = [{ key, title, error, at: new Date(), action }, ...failures.value.filter((it) => it.key !== key)]
  }
  function resolve(key: string): void {
    failures.value = failures.value.filter((failure) => failure.key !== key)
  }
  /**
   * Runs `work`; a failure is kept as `key` with a button that tries again, a success clears it. The view that offers the action
   * shows its failures (InlineFailures.vue). The result, or undefined.
   */
  async function attempt<R>({ key, title, retryLabel }: Attempt, work: () => Promise<R>): Promise<R | undefined> {
    try {
      const result = await work()
      resolve(key)
      return result
    } catch (thrown) {
      report(key, title, toErrorData(thrown), {
        label: retryLabel,
        run: () => void attempt({ key, title, retryLabel }, work),
      })
      return undefined
    }
  }

  return {
    toasts,
    failures,
    failureCount: computed(() => failures.value.length),
    tell,
    dismissToast,
    report,
    resolve,
    attempt,
  }
})
