// Copies of the database: one a day when a run starts or the window opens, made by SQLite itself and whole under their name. Old
// ones go, but never while the database is behind: then an old copy may be the best there is.
import { readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { sql } from 'kysely'
import { diskError } from '@node/disk'
import { errorCode, fileError } from '@node/file-error'
import { syncFolder } from '@node/folders'
import { PARTIAL_SUFFIX, syncFile } from '@node/whole-file'
import type { Backup } from '@shared/contract/backups'
import { countIn } from './database'
import type { Store } from './store'

/** Two weeks of days. */
const KEPT_BACKUPS = 14

const DAILY = /^workspace-\d{4}-\d{2}-\d{2}\.sqlite$/

/** Newest first: daily copies, those from before migrations, and what a restore has replaced. @throws AppError `storage-failed` */
export async function listBackups(folder: string): Promise<Backup[]> {
  const entries = await readdir(folder).catch((thrown: unknown) => {
    // A workspace that is new, or none yet.
    if (errorCode(thrown) === 'ENOENT') return []
    throw fileError(`look into ${folder}`, thrown)
  })
  const names = entries.filter((name) => name.endsWith('.sqlite'))
  const found = await Promise.all(
    names.map(async (name) => {
      const file = path.join(folder, name)
      const { size, mtime } = await stat(file)
      return { name, file, sizeBytes: size, at: mtime.toISOString(), ...contentOf(file) }
    }),
  )
  return found.sort((a, b) => (a.at < b.at ? 1 : -1))
}

/** How much is in a copy, which stays as it is; null where it cannot be read. */
function contentOf(file: string): Pick<Backup, 'runs' | 'trials'> {
  return { runs: countIn(file, 'runs'), trials: countIn(file, 'trials') }
}

/**
 * Makes today's copy unless there is one.
 * @returns its path, null where it was there
 * @throws AppError `storage-failed`
 */
export async function backUpDaily(store: Store, now = new Date()): Promise<string | null> {
  const { backups } = store.folders
  const file = path.join(backups, `workspace-${now.toISOString().slice(0, 10)}.sqlite`)
  if ((await stat(file).catch(() => undefined)) !== undefined) return null
  const partial = `${file}${PARTIAL_SUFFIX}`
  try {
    // SQLite refuses to write over a file; one of an earlier attempt is half.
    await rm(partial, { force: true })
    await sql`VACUUM INTO ${partial}`.execute(store.db)
    await syncFile(partial)
    await rename(partial, file)
    await syncFolder(backups)
  } catch (thrown) {
    await rm(partial, { force: true })
    throw await diskError(`copy the database to ${file}`, backups, null, thrown)
  }
  if (store.behind === null) await dropOld(backups)
  return file
}

async function dropOld(folder: string): Promise<void> {
  const daily = (await readdir(folder)).filter((name) => DAILY.test(name)).sort()
  for (const name of daily.slice(0, -KEPT_BACKUPS)) await rm(path.join(folder, name), { force: true })
}
