// What every part of a going run works with.
import type { Artefacts } from '../storage/artefacts'
import { addJournal } from '../storage/journal'
import type { RunRecord } from '../storage/runs'
import type { Writer } from '../storage/schema'
import type { Store } from '../storage/store'
import type { RunControl } from './control'
import type { LiveRun } from './live-run'
import type { PreparedRun } from './prepared-run'
import type { Updates } from './updates'

export interface RunContext {
  readonly store: Store
  readonly artefacts: Artefacts
  readonly updates: Updates
  readonly run: RunRecord
  readonly live: LiveRun
  readonly control: RunControl
  readonly prepared: PreparedRun
}

/** Writes one fact with its journal line and tells who watches. */
export async function journal(
  { store, updates, run }: Pick<RunContext, 'store' | 'updates' | 'run'>,
  line: { readonly level?: 'info' | 'warning' | 'error'; readonly message: string; readonly trialId?: number } | null,
  fact: (writer: Writer) => Promise<void>,
  trialIds: readonly number[] = [],
): Promise<void> {
  await store.write(async (writer) => {
    await fact(writer)
    if (line !== null) await addJournal(writer, run.id, line.level ?? 'info', line.message, line.trialId ?? null)
  })
  updates.touch(run.id, trialIds)
}
