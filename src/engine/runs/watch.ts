// Streams for who watches runs: first everything, then what changed, merged to ten updates a second.
import type { RunUpdate } from '@shared/contract/searches'
import type { Run } from '@shared/search/run'
import { RUN_STATE_RULES } from '@shared/search/run-states'
import { readJournal } from '../storage/journal'
import { getRun, listRuns, type RunRecord } from '../storage/runs'
import type { Store } from '../storage/store'
import { withEpochs } from '../storage/epochs'
import { getTrial, listTrials, type TrialRecord } from '../storage/trials'
import type { Orchestrator } from './orchestrator'
import { phaseOf, viewRun } from './run-view'
import type { Updates } from './updates'

export interface RunViews {
  run(id: string): Promise<Run>
  list(): Promise<Run[]>
  /** Ends when the run has ended for good or `signal` fires. */
  watch(id: string, signal: AbortSignal): AsyncGenerator<RunUpdate>
  watchAll(signal: AbortSignal): AsyncGenerator<Run[]>
}

/** @param parallel trials that train at once in a run, for its forecast */
export function createRunViews(
  store: Store,
  orchestrator: Orchestrator,
  updates: Updates,
  parallel: (run: RunRecord) => number,
): RunViews {
  const view = (record: RunRecord): Promise<Run> =>
    viewRun(store.db, record, {
      live: orchestrator.live(record.id),
      parallel: parallel(record),
      unstored: orchestrator.unstoredError(record.id),
    })
  const list = async (): Promise<Run[]> => {
    const runs: Run[] = []
    for (const record of await listRuns(store.db)) runs.push(await view(record))
    return runs
  }
  const update = async (record: RunRecord, trials: readonly TrialRecord[], after: number): Promise<RunUpdate> => {
    const live = orchestrator.live(record.id)
    return {
      run: await view(record),
      activities: [...(live?.activities.values() ?? [])].sort((a, b) => a.trialNumber - b.trialNumber),
      phase: phaseOf(live, record),
      preparing: live?.preparing ?? null,
      changedTrials: await withEpochs(store.db, trials),
      journal: await readJournal(store.db, record.id, after),
    }
  }

  return {
    run: async (id) => view(await getRun(store.db, id, 'tell')),
    list,
    watch: async function* (id, signal) {
      const watch = updates.watch(id)
      try {
        let record = await getRun(store.db, id, 'tell')
        let journalId = 0
        let latest = await update(record, await listTrials(store.db, id, { onDamage: 'tell' }), journalId)
        for (;;) {
          journalId = latest.journal.at(-1)?.id ?? journalId
          yield latest
          if (RUN_STATE_RULES[record.state].isOver && orchestrator.live(id) === undefined) return
          await watch.next(signal)
          if (signal.aborted) return
          const now = (await listRuns(store.db)).find((run) => run.id === id)
          // Removed while it was watched.
          if (now === undefined) return
          record = now
          const changed: TrialRecord[] = []
          for (const trialId of watch.takeTrials()) changed.push(await getTrial(store.db, trialId, 'tell'))
          changed.sort((a, b) => a.number - b.number)
          latest = await update(record, changed, journalId)
        }
      } finally {
        watch.close()
      }
    },
    watchAll: async function* (signal) {
      const watch = updates.watchAll()
      try {
        while (!signal.aborted) {
          yield await list()
          await watch.next(signal)
        }
      } finally {
        watch.close()
      }
    },
  }
}
