// Puts a copy of the database in the place of the present one, which may be damaged. The present one is kept: it moves into the
// backups folder first. What the copy does not know is kept too, because it is behind (custody.ts).
import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '@shared/errors'
import { MIB } from '@shared/units'
import { typed } from '@node/command-line'
import { syncFolder } from '@node/folders'
import { fill, isMissing, openToRead } from '@node/read-file'
import { PARTIAL_SUFFIX, syncFile } from '@node/whole-file'
import { openDatabase } from './database'
import { currentHolder, holderOf } from './lease'
import { databaseVersion, refuseNewer } from './migrate'
import { DATABASE_FILE, workspaceFolders } from './store'

/** What SQLite keeps beside a database. */
const COMPANIONS = ['', '-wal', '-shm']

/**
 * @param root of a workspace that no program holds
 * @param file the copy; it stays where it is
 * @returns where the database that was replaced lies now; null where there was none
 * @throws AppError `invalid-input` when the copy is no whole database of a workspace, `conflict` when a program holds the workspace
 */
export async function restoreDatabase(root: string, file: string, now = new Date()): Promise<string | null> {
  await refuseUnlessDatabase(file)
  const { backups } = workspaceFolders(root)
  await mkdir(backups, { recursive: true })
  const place = path.join(root, DATABASE_FILE)
  refuseHeld(place)
  const incoming = `${place}.restored${PARTIAL_SUFFIX}`
  for (const suffix of COMPANIONS) await rm(`${incoming}${suffix}`, { force: true })
  try {
    await copyFile(file, incoming)
    readyToOpen(incoming, file)
    await syncFile(incoming)
    const replaced = path.join(backups, `replaced-${now.toISOString().replace(/[:.]/g, '-')}.sqlite`)
    const wasThere = (await stat(place).catch(() => undefined)) !== undefined
    for (const suffix of COMPANIONS) await renameIfThere(`${place}${suffix}`, `${replaced}${suffix}`)
    await rename(incoming, place)
    await syncFolder(root)
    return wasThere ? replaced : null
  } finally {
    for (const suffix of COMPANIONS) await rm(`${incoming}${suffix}`, { force: true })
  }
}

/** What a database begins with, and where it says how large it is (SQLite, "Database File Format", 1.3). */
const HEADER = { bytes: 100, magic: 'SQLite format 3\0', pageSize: 16, pageCount: 28 } as const
/** Bytes that a copy may have more than it says, being written while it was made; far below what fills a disk. */
const SLACK = 256 * MIB

/** Before anything is copied: the copy may be as large as a disk, and no database at all. */
async function refuseUnlessDatabase(file: string): Promise<void> {
  const { handle, size } = await openToRead(file, { what: 'database' }).catch((thrown: unknown) => {
    if (!isMissing(thrown)) throw thrown
    const fix = `List the copies with "${typed('workspace backups')}".`
    throw new AppError('invalid-input', `Expected a copy of a workspace's database, ${file} is not there.`, fix)
  })
  const refuse = (why: string): AppError =>
    new AppError('invalid-input', `${file} cannot be put back: ${why}.`, 'Choose another copy.')
  try {
    const header = Buffer.alloc(HEADER.bytes)
    const filled = await fill(handle, header, 0)
    if (filled < HEADER.bytes || header.toString('latin1', 0, HEADER.magic.length) !== HEADER.magic)
      throw refuse('it is no database')
    const page = header.readUInt16BE(HEADER.pageSize)
    const announced = (page === 1 ? 65_536 : page) * header.readUInt32BE(HEADER.pageCount)
    if (size > announced + SLACK) throw refuse(`it has ${size} bytes, its header announces ${announced}`)
  } finally {
    await handle.close()
  }
}

/** The database of today may be damaged, which is a reason to restore and none to refuse. */
function refuseHeld(place: string): void {
  const holder = holderOf(place, currentHolder())
  if (holder === null) return
  throw new AppError(
    'conflict',
    `The workspace is held by ${holder}.`,
    'Close the program that uses it, then restore again.',
  )
}

/** @param file what the copy is called for the user */
function readyToOpen(incoming: string, file: string): void {
  const refuse = (why: string, cause?: unknown): AppError =>
    new AppError('invalid-input', `${file} cannot be put back: ${why}.`, 'Choose another copy.', { cause })
  let database
  try {
    database = openDatabase(incoming)
  } catch (thrown) {
    throw refuse('it is no database', thrown)
  }
  try {
    const findings = database.query<{ quick_check: string }>('PRAGMA quick_check(1)')
    if (findings[0]?.quick_check !== 'ok')
      throw refuse(`it is damaged (${findings[0]?.quick_check ?? 'nothing to read'})`)
    if (databaseVersion(database) === 0) throw refuse('it holds no workspace')
    refuseNewer(database)
    // Whoever held the workspace when the copy was made holds it no longer.
    database.exec('DELETE FROM lease')
    // Into the one file, so that it can be moved alone.
    database.query('PRAGMA wal_checkpoint(TRUNCATE)')
  } catch (thrown) {
    throw thrown instanceof AppError && thrown.code !== 'storage-failed' ? thrown : refuse('it is damaged', thrown)
  } finally {
    database.close()
  }
}

async function renameIfThere(from: string, to: string): Promise<void> {
  if ((await stat(from).catch(() => undefined)) !== undefined) await rename(from, to)
}
