// The doctor's look at the database: whole by SQLite's own check, as much in it as the folder holds, and how old its newest copy is.
import type { Diagnosis } from '@shared/contract/runtime'
import { listBackups } from '../storage/backups'
import { behindText } from '../storage/custody'
import { databaseFindings } from '../storage/database-findings'
import type { Store } from '../storage/store'
import { ok } from './diagnosis'

const RESTORE =
  'Close the program, then put a copy back: "gpt-nas workspace backups" lists them, "gpt-nas workspace restore FILE" does it and keeps the present one.'

export async function databaseCheck(store: Store): Promise<Diagnosis> {
  const title = 'Database'
  const found = await databaseFindings(store)
  if (found.length > 0)
    return { id: 'database', title, status: 'error', found: `damaged: ${found.join('; ')}`, fix: RESTORE }
  if (store.behind !== null) return { id: 'database', title, status: 'warning', ...behindText(store.behind) }
  return ok('database', title, 'whole')
}

export async function backupCheck({ folders }: Store): Promise<Diagnosis> {
  const [newest, ...others] = await listBackups(folders.backups)
  const found =
    newest === undefined
      ? 'none yet: the first is made when a search starts'
      : `${others.length + 1} in ${folders.backups}, the newest of ${newest.at.slice(0, 10)}`
  return ok('backups', 'Copies of the database', found)
}
