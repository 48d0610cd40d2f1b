// Who watches which run, and what has changed for them. Watchers are woken at most ten times a second; what happens in
// between is merged, so a slow watcher costs nothing and misses nothing.
import { delay } from '@node/waiting'

/** Ten updates a second (docs/rules.md#ten-updates-a-second). */
const INTERVAL_MS = 100

interface Watcher {
  readonly trials: Set<number>
  isDirty: boolean
  wake(): void
}

export interface Watch {
  /** Trials changed since the last call. */
  takeTrials(): number[]
  /** Resolves at the next change, never sooner than the interval after the last; at once when `signal` fires. */
  next(signal: AbortSignal): Promise<void>
  close(): void
}

export interface Updates {
  /** Something about a run changed; `trialIds` name the trials among it. */
  touch(runId: string, trialIds?: readonly number[]): void
  watch(runId: string): Watch
  /** Changes of any run. */
  watchAll(): Watch
}

const ALL = Symbol('every run')

export function createUpdates(): Updates {
  const watchers = new Map<string | symbol, Set<Watcher>>()

  const mark = (key: string | symbol, trialIds: readonly number[]): void => {
    for (const watcher of watchers.get(key) ?? []) {
      for (const id of trialIds) watcher.trials.add(id)
      watcher.isDirty = true
      watcher.wake()
    }
  }

  const add = (key: string | symbol): Watch => {
    const watcher: Watcher = { trials: new Set(), isDirty: false, wake: () => undefined }
    const others = watchers.get(key) ?? new Set()
    watchers.set(key, others.add(watcher))
    let lastMs = Date.now()
    return {
      takeTrials: () => {
        const ids = [...watcher.trials]
        watcher.trials.clear()
        return ids
      },
      next: async (signal) => {
        await delay(lastMs + INTERVAL_MS - Date.now(), signal)
        if (!watcher.isDirty && !signal.aborted) {
          await new Promise<void>((resolve) => {
            watcher.wake = () => {
              signal.removeEventListener('abort', watcher.wake)
              resolve()
            }
            signal.addEventListener('abort', watcher.wake, { once: true })
          })
        }
        watcher.isDirty = false
        lastMs = Date.now()
      },
      close: () => {
        others.delete(watcher)
        if (others.size === 0 && watchers.get(key) === others) watchers.delete(key)
        watcher.wake()
      },
    }
  }

  return {
    touch: (runId, trialIds = []) => {
      mark(runId, trialIds)
      mark(ALL, [])
    },
    watch: add,
    watchAll: () => add(ALL),
  }
}
