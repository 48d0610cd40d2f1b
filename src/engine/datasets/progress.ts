// Work with progress that several may follow: whoever asks sees the newest step and the end, and is never behind a queue.
import type { DatasetProgress } from '@shared/contract/datasets'

export interface Preparation {
  readonly isDone: boolean
  readonly last: DatasetProgress
  /** Rejects with the work's failure. */
  readonly done: Promise<void>
  /** Resolves at the next step, at the end, or when the signal fires. */
  changed(signal: AbortSignal | undefined): Promise<void>
}

/** Starts `work` at once. A failure that nobody follows is no crash. */
export function startPreparation(
  first: DatasetProgress,
  work: (report: (progress: DatasetProgress) => void) => Promise<void>,
): Preparation {
  const listeners = new Set<() => void>()
  const tell = (): void => listeners.forEach((listener) => listener())
  let last = first
  let isDone = false
  const done = work((progress) => {
    last = progress
    tell()
  }).finally(() => {
    isDone = true
    tell()
  })
  done.catch(() => undefined)
  return {
    get isDone() {
      return isDone
    },
    get last() {
      return last
    },
    done,
    changed: (signal) =>
      new Promise((resolve) => {
        const wake = (): void => {
          listeners.delete(wake)
          signal?.removeEventListener('abort', wake)
          resolve()
        }
        listeners.add(wake)
        signal?.addEventListener('abort', wake, { once: true })
      }),
  }
}

/** Steps as they come, the last one `ready`; ends early when the signal fires. @throws what the work threw */
export async function* follow(preparation: Preparation, signal?: AbortSignal): AsyncGenerator<DatasetProgress> {
  let seen: DatasetProgress | undefined
  while (!preparation.isDone && signal?.aborted !== true) {
    if (preparation.last !== seen && preparation.last.stage !== 'ready') yield (seen = preparation.last)
    else await preparation.changed(signal)
  }
  if (!preparation.isDone) return
  await preparation.done
  yield preparation.last
}
