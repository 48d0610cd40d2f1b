// What the window tells the user in passing: toasts that leave by themselves, and problems that stay until they are
// solved or dismissed. A question is never a toast.
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
export interface Problem {
  /** Equal for the same problem, so that it is listed once. */
  readonly key: string
  readonly title: string
  readonly error: ErrorData
  readonly at: Date
  readonly action?: NoticeAction | undefined
}

/** Long enough to read two lines and reach the button (WCAG asks for no less than the reader needs; the list keeps failures). */
const TOAST_MS = 6000

export const useNoticesStore = defineStore('notices', () => {
  const toasts = ref<Toast[]>([])
  const problems = ref<Problem[]>([])
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
    problems.value = [{ key, title, error, at: new Date(), action }, ...problems.value.filter((it) => it.key !== key)]
  }
  function resolve(key: string): void {
    problems.value = problems.value.filter((problem) => problem.key !== key)
  }
  /** Runs `work`; a failure becomes the problem `key`, a success clears it. The result, or undefined. */
  async function attempt<R>(key: string, title: string, work: () => Promise<R>): Promise<R | undefined> {
    try {
      const result = await work()
      resolve(key)
      return result
    } catch (thrown) {
      report(key, title, toErrorData(thrown))
      tell(title)
      return undefined
    }
  }

  return {
    toasts,
    problems,
    problemCount: computed(() => problems.value.length),
    tell,
    dismissToast,
    report,
    resolve,
    attempt,
  }
})
