// Brings a workspace database to the version this program knows: a copy first, then each step in a transaction of its own.
// A database from a newer program is refused untouched.
import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { AppError } from '@shared/errors'
import type { Database } from './database'
import { MIGRATIONS } from './migrations'
import type { Migration } from './migrations/migration'

/** Largest migration applied to the database; 0 for a new one. */
export function databaseVersion(database: Database): number {
  const tables = database.query("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'migrations'")
  if (tables.length === 0) return 0
  return database.query<{ version: number }>('SELECT coalesce(max(number), 0) AS version FROM migrations')[0]!.version
}

/** @throws AppError `storage-failed` when the database has seen a migration that this program does not know. */
export function refuseNewer(database: Database, migrations: readonly Migration[] = MIGRATIONS): void {
  const version = databaseVersion(database)
  if (version <= migrations.length) return
  throw new AppError(
    'storage-failed',
    `The workspace has version ${version}, this program knows versions up to ${migrations.length}.`,
    'Update GPT-NAS Workbench, or open the workspace with the newer program that wrote it.',
  )
}

/**
 * Applies what is missing. Call only as the holder of the lease.
 * @param backupFolder receives `workspace-before-<version>.sqlite` when a database with content is about to change.
 * @returns the numbers applied.
 * @throws AppError `storage-failed` when a step fails; the database is then as it was after the step before.
 */
export function migrate(
  database: Database,
  backupFolder: string,
  migrations: readonly Migration[] = MIGRATIONS,
): number[] {
  refuseNewer(database, migrations)
  const version = databaseVersion(database)
  const missing = migrations.filter(({ number }) => number > version)
  if (missing.length === 0) return []
  if (version > 0) backUp(database, path.join(backupFolder, `workspace-before-${missing[0]!.number}.sqlite`))
  database.exec(
    'CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT',
  )
  for (const migration of missing) apply(database, migration)
  return missing.map(({ number }) => number)
}

function apply(database: Database, { number, name, statements, rebuildsReferenced = false }: Migration): void {
  // SQLite heeds this outside a transaction only.
  if (rebuildsReferenced) database.exec('PRAGMA foreign_keys=OFF')
  database.exec('BEGIN IMMEDIATE')
  try {
    for (const statement of statements) database.exec(statement)
    if (rebuildsReferenced) refuseBrokenReferences(database)
    database
      .prepare('INSERT INTO migrations (number, name, applied_at) VALUES (?, ?, ?)')
      .run([number, name, new Date().toISOString()])
    database.exec('COMMIT')
  } catch (thrown) {
    database.exec('ROLLBACK')
    if (thrown instanceof AppError) throw thrown
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    throw new AppError(
      'storage-failed',
      `Migration ${number} (${name}) of the workspace failed and was undone: ${reason}`,
      'Report this with the log; the workspace is unchanged and its copy is in the backups folder.',
      { cause: thrown },
    )
  } finally {
    if (rebuildsReferenced) database.exec('PRAGMA foreign_keys=ON')
  }
}

function refuseBrokenReferences(database: Database): void {
  const broken = database.query<{ table: string; parent: string }>('PRAGMA foreign_key_check')
  if (broken.length === 0) return
  const [first] = broken
  throw new Error(
    `${broken.length} rows would refer to nothing, for example one of ${first!.table} to ${first!.parent}`,
  )
}

function backUp(database: Database, file: string): void {
  mkdirSync(path.dirname(file), { recursive: true })
  // VACUUM INTO refuses an existing file; an older copy of the same step comes from an attempt that was undone.
  rmSync(file, { force: true })
  database.prepare('VACUUM INTO ?').run([file])
}
