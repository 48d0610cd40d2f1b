// The only place that loads the SQLite driver: libsql behind the small interface Kysely needs, so that the driver stays
// replaceable. Owns what may be bound: libsql aborts the whole process on a boolean and turns NaN into NULL silently.
import { statSync } from 'node:fs'
import path from 'node:path'
import Libsql from 'libsql'
import type { SqliteDatabase } from 'kysely'
import { AppError } from '@shared/errors'
import { kindOfEntry } from '@node/entry-kind'
import { storageError } from './storage-error'

export type Bindable = string | number | bigint | Uint8Array | null

/**
 * A parameter as SQLite can hold it: booleans as 0/1, dates as ISO text, undefined as NULL.
 * @throws TypeError for anything else, and for numbers that SQLite would change without a word.
 */
export function bindable(value: unknown): Bindable {
  if (value === undefined || value === null) return null
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'string' || typeof value === 'bigint' || value instanceof Uint8Array) return value
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`A number to store must be finite, received ${value}`)
    // The driver binds every number as a double and reads it back as one, also a loss of 1.3e16, which happens to be whole.
    return value
  }
  throw new TypeError(`A value to store must be text, a number or bytes, received ${typeof value}; store JSON as text`)
}

/** The open file; one connection. */
export interface Database extends SqliteDatabase {
  /** Runs statements that need no parameters. */
  exec(sql: string): void
  /** Rows of a statement run outside Kysely. */
  query<Row>(sql: string, parameters?: readonly unknown[]): Row[]
  /** From now on every write through this connection is refused. */
  refuseWrites(): void
  readonly isOpen: boolean
}

/** How long a statement waits for another process's write before `SQLITE_BUSY`: longer than any of our transactions takes. */
const BUSY_TIMEOUT_MS = 2000

/** Rows of a table of a database that nobody has open, without a change to it; null where it cannot be read. */
export function countIn(file: string, table: 'runs' | 'trials'): number | null {
  let opened: InstanceType<typeof Libsql> | undefined
  try {
    opened = new Libsql(file, { readonly: true })
    const [row] = opened.prepare(`SELECT count(*) AS count FROM ${table}`).all() as { count: number }[]
    return row?.count ?? null
  } catch {
    return null // damaged, or of no workspace: told as a copy of unknown content
  } finally {
    opened?.close()
  }
}

/** SQLite tells a pipe, a device or a folder as a disk that fails. */
function refuseUnlessFile(file: string): void {
  const info = statSync(file, { throwIfNoEntry: false })
  if (info === undefined || info.isFile()) return
  throw new AppError(
    'storage-failed',
    `${file} is ${kindOfEntry(info)}: a database was expected.`,
    'Choose another workspace folder, or move what is there away.',
  )
}

/**
 * Opens (or creates) a database file in write-ahead mode with every commit on the disk before it returns.
 * @param look is shown the names of the tables before anything of the file is changed; what it throws is thrown
 * @throws AppError `storage-failed` when the file cannot be opened or is not a database.
 */
export function openDatabase(file: string, look: (tables: readonly string[]) => void = () => undefined): Database {
  const attempt = <T>(what: string, action: () => T): T => {
    try {
      return action()
    } catch (thrown) {
      throw thrown instanceof AppError ? thrown : storageError(what, path.dirname(file), thrown)
    }
  }
  const connection = attempt(`open the database ${file}`, () => {
    refuseUnlessFile(file)
    const opened = new Libsql(file)
    try {
      opened.prepare(`PRAGMA busy_timeout=${BUSY_TIMEOUT_MS}`).all()
      const tables = opened.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all() as { name: string }[]
      look(tables.map(({ name }) => name))
      for (const pragma of ['journal_mode=WAL', 'synchronous=FULL', 'foreign_keys=ON']) {
        const statement = opened.prepare(`PRAGMA ${pragma}`)
        if (statement.reader) statement.all()
        else statement.run()
      }
      return opened
    } catch (thrown) {
      opened.close()
      throw thrown
    }
  })
  let isOpen = true
  const doing = `use the database ${file}`
  // A full disk ends the transaction by itself; a rollback after that would hide the reason behind an error of its own.
  const hasNothingToUndo = (sql: string): boolean => sql.toLowerCase() === 'rollback' && !connection.inTransaction
  const prepare: Database['prepare'] = (sql) => {
    // Kysely begins deferred; taking the write lock at once keeps a transaction from failing half-way with SQLITE_BUSY.
    const statement = attempt(doing, () => connection.prepare(sql === 'begin' ? 'begin immediate' : sql))
    return {
      reader: statement.reader,
      all: (parameters) => attempt(doing, () => statement.all(parameters.map(bindable))),
      run: (parameters) =>
        hasNothingToUndo(sql)
          ? { changes: 0, lastInsertRowid: 0 }
          : attempt(doing, () => statement.run(parameters.map(bindable))),
      iterate: (parameters) => attempt(doing, () => statement.iterate(parameters.map(bindable))),
    }
  }
  return {
    prepare,
    exec: (sql) => {
      if (!hasNothingToUndo(sql)) attempt(doing, () => connection.exec(sql))
    },
    query: <Row>(sql: string, parameters: readonly unknown[] = []) => prepare(sql).all(parameters) as Row[],
    refuseWrites: () => attempt(doing, () => connection.exec('PRAGMA query_only=ON')),
    get isOpen() {
      return isOpen
    },
    close: () => {
      if (!isOpen) return
      isOpen = false
      connection.close()
    },
  }
}
