// Keeps what a going run and its trials have taken in the database, between the facts that store it anyway: an epoch can be
// long, and an engine that is killed says nothing. Its end is stored by the orchestrator.
import { updateRun } from '../storage/runs'
import type { Store } from '../storage/store'
import { updateRunningTime } from '../storage/trials'
import type { LiveRun } from './live-run'

/** What a kill may lose at the most: little beside a trial, and one small write in it costs nothing. Chosen by us. */
const INTERVAL_MS = 2000

export interface TimeStore {
  readonly store: Pick<Store, 'write'>
  readonly report: (thrown: unknown) => void
}

/**
 * Stores the clocks of `live` again and again; one write at a time. What cannot be stored is reported once: the run itself
 * meets it at its next fact.
 * @returns ends it; a write already under way comes before any the caller makes after
 */
export function keepTime(
  { store, report }: TimeStore,
  runId: string,
  live: LiveRun,
  intervalMs: number = INTERVAL_MS,
): () => void {
  let isWriting = false
  let hasFailed = false
  const save = async (): Promise<void> => {
    isWriting = true
    try {
      await store.write(async (writer) => {
        await updateRun(writer, runId, { seconds: live.seconds() })
        for (const [trialId, seconds] of live.clocks)
          await updateRunningTime(writer, trialId, seconds(), live.usages.get(trialId)?.() ?? null)
      })
      hasFailed = false
    } catch (thrown) {
      if (!hasFailed) report(thrown)
      hasFailed = true
    } finally {
      isWriting = false
    }
  }
  const timer = setInterval(() => {
    if (!isWriting) void save()
  }, intervalMs)
  return () => clearInterval(timer)
}
