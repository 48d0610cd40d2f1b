// What another program does with the workspace, for who watches it here: the database says that it has changed, and which runs and
// trials is read off their rows.
import { delay } from '@node/waiting'
import { trialRows, versionOf } from '../storage/changes-of-others'
import type { Store } from '../storage/store'
import type { Updates } from './updates'

/** As often as a watcher of a held workspace is told. */
const LOOK_MS = 500

/**
 * Until `signal` fires.
 * @param report receives why nothing could be read, once for as long as that lasts: a busy database is free again
 */
export async function followHolder(
  { db }: Pick<Store, 'db'>,
  updates: Updates,
  signal: AbortSignal,
  report: (thrown: unknown) => void,
): Promise<void> {
  let version = -1
  let known = new Map<number, string>()
  let isReadable = true
  while (!signal.aborted) {
    try {
      const now = await versionOf(db)
      if (now !== version) {
        const rows = await trialRows(db)
        const changed = new Map<string, number[]>()
        for (const { id, runId, text } of rows)
          if (known.get(id) !== text) changed.set(runId, [...(changed.get(runId) ?? []), id])
        const runs = await db.selectFrom('runs').select('id').execute()
        const isFirst = version === -1
        // Only when all is read: what changed is told once.
        version = now
        known = new Map(rows.map(({ id, text }) => [id, text]))
        if (!isFirst) for (const { id } of runs) updates.touch(id, changed.get(id) ?? [])
      }
      isReadable = true
    } catch (thrown) {
      if (signal.aborted) return
      if (isReadable) report(thrown)
      isReadable = false
    }
    await delay(LOOK_MS, signal)
  }
}
