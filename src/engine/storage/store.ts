// An open workspace: the folder, its database and the right to write it. Repositories read through `db` and write inside
// `write`, which is one transaction per fact and is refused once another engine holds the lease (docs/rules.md#truth).
import path from 'node:path'
import { Kysely, SqliteDialect, sql } from 'kysely'
import { AppError } from '@shared/errors'
import { behindOf, takeCustody, type Behind } from './custody'
import { openDatabase } from './database'
import { makeFolder } from '@node/folders'
import { acquireLease, type Holder, type Lease } from './lease'
import { databaseVersion, migrate, refuseNewer } from './migrate'
import { MIGRATIONS } from './migrations'
import type { Reader, Schema, Writer } from './schema'
import { storageError } from './storage-error'

export interface WorkspaceFolders {
  readonly root: string
  readonly artefacts: string
  readonly checkpoints: string
  readonly exports: string
  readonly datasets: string
  /** Requests, logs and own files of programs that evaluate, by run. */
  readonly commands: string
  /** Cells and reports of comparisons of strategies. */
  readonly ablations: string
  /** What programs that have the workspace open read-only ask of its holder. */
  readonly requests: string
  readonly backups: string
  /** What was found and nobody knew: kept for weeks before it goes. */
  readonly aside: string
}

export interface Store {
  readonly folders: WorkspaceFolders
  readonly db: Reader
  readonly readOnly: boolean
  /** Who holds the workspace when it is read-only for us. */
  readonly holder: string | null
  /** The folder holds more than this database knows: nothing may be removed. */
  readonly behind: Behind | null
  /**
   * Runs `fact` in one transaction that is on the disk when the promise resolves. Inside, use the given writer only.
   * @throws AppError `read-only` when another engine holds the workspace, `storage-failed` when the disk refuses.
   */
  write<T>(fact: (writer: Writer) => Promise<T>): Promise<T>
  /** Moves what was committed from the log into the database's own file, so that a copy of that file alone has it. */
  settle(): Promise<void>
  /** For work that is worth nothing unless its result can be stored. @throws AppError `read-only` that says who holds it */
  refuseReadOnly(): void
  /** Calls `listener` once if the lease is lost while the workspace is open. */
  onLeaseLost(listener: (reason: string) => void): void
  close(): Promise<void>
}

export const DATABASE_FILE = 'workspace.sqlite'

export function workspaceFolders(root: string): WorkspaceFolders {
  const inside = (name: string): string => path.join(root, name)
  return {
    root,
    artefacts: inside('artefacts'),
    checkpoints: inside('checkpoints'),
    exports: inside('exports'),
    datasets: inside('datasets'),
    commands: inside('commands'),
    ablations: inside('ablations'),
    requests: inside('requests'),
    backups: inside('backups'),
    aside: inside('aside'),
  }
}

/**
 * Opens a workspace folder, making it if absent; read-only when another engine holds it.
 * @param self who opens it; injected by tests.
 * @throws AppError `storage-failed` when the folder or database cannot be used, is somebody else's or comes from a newer program.
 */
export function openStore(root: string, self?: Holder): Store {
  const folders = workspaceFolders(root)
  try {
    makeFolder(root)
  } catch (thrown) {
    throw storageError(`make the workspace folder ${root}`, root, thrown)
  }
  const place = path.join(root, DATABASE_FILE)
  const database = openDatabase(place, (tables) => refuseStrange(place, tables))
  try {
    makeFolders(folders)
    refuseNewer(database)
    const result = acquireLease(database, self)
    const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database }) })
    const closeDatabase = (): void => database.close()
    if (result.held) {
      migrate(database, folders.backups)
      return createStore(folders, db, result.lease, null, takeCustody(database, root), closeDatabase)
    }
    refuseOlder(databaseVersion(database), result.holder)
    database.refuseWrites()
    return createStore(folders, db, undefined, result.holder, behindOf(database), closeDatabase)
  } catch (thrown) {
    database.close()
    throw thrown
  }
}

function makeFolders({ root, ...folders }: WorkspaceFolders): void {
  try {
    for (const folder of Object.values<string>(folders)) makeFolder(folder)
  } catch (thrown) {
    throw storageError(`make the folders of the workspace ${root}`, root, thrown)
  }
}

/** What a first opening leaves that was cut off; beside these, a workspace has `migrations`. */
const FIRST_TABLES = ['lease', 'sqlite_sequence']

/** A database of somebody else that has our name gets no tables of ours. */
function refuseStrange(place: string, tables: readonly string[]): void {
  const others = tables.filter((name) => !FIRST_TABLES.includes(name))
  if (others.length === 0 || tables.includes('migrations')) return
  throw new AppError(
    'storage-failed',
    `${place} is a database that holds no workspace, but ${others.slice(0, 3).join(', ')}. It is left as it is.`,
    'Choose another folder for the workspace, or move that file away.',
  )
}

function refuseOlder(version: number, holder: string): void {
  if (version === MIGRATIONS.length) return
  throw new AppError(
    'storage-failed',
    `The workspace is held by ${holder} and has version ${version}; this program needs version ${MIGRATIONS.length}.`,
    'Close the other program first.',
  )
}

function createStore(
  folders: WorkspaceFolders,
  db: Reader,
  lease: Lease | undefined,
  firstHolder: string | null,
  behind: Behind | null,
  closeDatabase: () => void,
): Store {
  const lostListeners: ((reason: string) => void)[] = []
  let holder = firstHolder
  const lose = (reason: string): void => {
    if (holder !== null) return
    holder = reason
    for (const listener of lostListeners) listener(reason)
  }
  lease?.startHeart(lose)
  const refuse = (): AppError =>
    new AppError(
      'read-only',
      `The workspace ${folders.root} is read-only here: ${firstHolder === null ? (holder ?? '') : `it is held by ${firstHolder}`}.`,
      'Close the other program that uses this workspace, then open it again.',
    )
  return {
    folders,
    db,
    behind,
    get readOnly() {
      return holder !== null
    },
    get holder() {
      return holder
    },
    refuseReadOnly: () => {
      if (holder !== null) throw refuse()
    },
    write: async (fact) => {
      if (lease === undefined || holder !== null) throw refuse()
      return db.transaction().execute(async (writer) => {
        const row = await writer.selectFrom('lease').select('token').executeTakeFirst()
        if (row?.token !== lease.token) {
          lose('another program has taken it over')
          throw refuse()
        }
        return fact(writer)
      })
    },
    settle: async () => {
      // PASSIVE waits for nobody; what a reader still needs moves the next time.
      await sql`PRAGMA wal_checkpoint(PASSIVE)`.execute(db)
    },
    onLeaseLost: (listener) => void lostListeners.push(listener),
    close: async () => {
      // A read waits for the transaction that may be open on the one connection; closing under it would undo it.
      await db.selectFrom('lease').select('id').execute()
      try {
        lease?.release()
        // The driver leaves the log beside the file; a copy of the file alone would lack what is in it.
        if (holder === null) await sql`PRAGMA wal_checkpoint(TRUNCATE)`.execute(db)
      } finally {
        await db.destroy()
        closeDatabase()
      }
    },
  }
}
