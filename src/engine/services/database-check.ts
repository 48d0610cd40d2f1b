// The doctor's look at the database: whole by SQLite's own check, as much in it as the folder holds, and how old its newest copy is.
import type { Diagnosis } from '@shared/contract/runtime'
import { listBackups } from '../storage/backups'
import { strayContents } from '../storage/artefact-report'
import { behindText } from '../storage/custody'
import { damagedCells } from '../storage/damaged-cells'
import { databaseFindings } from '../storage/database-findings'
import type { Store } from '../storage/store'
import { restoreAdvice } from '../storage/storage-error'
import { ok } from './diagnosis'

/** A page that is gone may hold thousands. */
const MOST_TOLD = 5

export async function databaseCheck(store: Store): Promise<Diagnosis> {
  const title = 'Database'
  const found = await databaseFindings(store)
  if (found.length > 0)
    return { id: 'database', title, status: 'error', found: `damaged: ${found.join('; ')}`, fix: restoreAdvice() }
  const cells = await damagedCells(store.db)
  if (cells.length > 0) {
    const more = cells.length > MOST_TOLD ? ` and ${cells.length - MOST_TOLD} more` : ''
    return {
      id: 'database',
      title,
      status: 'error',
      found: `${cells.slice(0, MOST_TOLD).join(' ')}${more}`,
      fix: restoreAdvice(),
    }
  }
  const stray = await strayContents(store)
  if (stray > 0) {
    return {
      id: 'database',
      title,
      status: 'warning',
      found: `knows no run, although the folder keeps ${stray} trained weights or checkpoints of some`,
      fix: restoreAdvice(),
    }
  }
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
