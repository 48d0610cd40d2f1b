// Removes what nothing refers to, in two phases, so that neither a crash nor a writer beside it costs a file somebody needs:
// rows go first, then each file is put aside, and only what still has no row once everything is aside is deleted. Whatever an
// end in between leaves is a file too many, never one too few; the next collection takes it up. Files that the database has
// never named are kept for weeks in a folder of their own, and a database that is behind removes nothing (custody.ts).
import { mkdirSync, renameSync } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { allAside, asideFolder, dropExpired } from './aside'
import type { Writer } from './schema'
import type { Store } from './store'
import { errorCode } from '@node/file-error'

export interface Collectable {
  readonly store: Store
  /** Absolute path of a content. */
  place(sha256: string): string
  /** Stored in this session or pinned: a fact about to be written may name it. */
  isInUse(sha256: string): boolean
}

/** A file without a row may belong to a fact about to be written; younger ones are left alone. One day is far above any such gap. */
const ORPHAN_AGE_MS = 24 * 60 * 60 * 1000

/** Of SHA-256, in hexadecimal digits. */
const HASH_LENGTH = 64

/** Holds what is put aside; a name that no hash begins with. */
export const ASIDE_FOLDER = 'aside'

/** @returns the number of files that left their place. @throws AppError `read-only` when the workspace has been lost; nothing is deleted then */
export async function collectArtefacts(options: Collectable, nowMs: number): Promise<number> {
  const { store, place, isInUse } = options
  if (store.behind !== null) return 0
  const root = store.folders.artefacts
  const aside = path.join(root, ASIDE_FOLDER)
  mkdirSync(aside, { recursive: true })
  const rowless = await store.write((writer) => dropUnreferenced(writer, isInUse))
  for (const sha256 of rowless) putAside(place(sha256), aside, isInUse)
  const unknown = await orphans(store, root, nowMs)
  const kept = unknown.length === 0 ? '' : asideFolder(store.folders, 'artefacts', nowMs)
  let moved = unknown.filter((file) => putAside(file, kept, isInUse)).length
  // In a transaction, so that an engine that has lost the workspace meanwhile stops here, and what it put aside is found.
  const named = await store.write(async (writer) => {
    const rows = await writer.selectFrom('artefacts').select('sha256').execute()
    return new Set(rows.map(({ sha256 }) => sha256))
  })
  for (const file of await allAside(store.folders, 'artefacts')) {
    const name = path.basename(file)
    if (named.has(name) || isInUse(name)) putBack(file, place(name))
  }
  await dropExpired(store.folders, nowMs)
  for (const name of await readdir(aside)) {
    if (named.has(name) || isInUse(name)) putBack(path.join(aside, name), place(name))
    else {
      await rm(path.join(aside, name), { recursive: true, force: true })
      moved++
    }
  }
  return moved
}

/** Deletes the rows that nothing needs. @returns their hashes */
async function dropUnreferenced(writer: Writer, isInUse: (sha256: string) => boolean): Promise<string[]> {
  const candidates = await writer
    .selectFrom('artefacts')
    .select('sha256')
    .where('sha256', 'not in', writer.selectFrom('artefact_references').select('sha256'))
    // A trial's own column is a second guard: foreign keys would refuse, this keeps the rest collectable.
    .where('sha256', 'not in', (query) =>
      query
        .selectFrom('trials')
        .where('weights_sha256', 'is not', null)
        .select((column) => column.ref('weights_sha256').$notNull().as('sha256')),
    )
    .execute()
  const unneeded = candidates.map(({ sha256 }) => sha256).filter((sha256) => !isInUse(sha256))
  for (const sha256 of unneeded) await writer.deleteFrom('artefacts').where('sha256', '=', sha256).execute()
  return unneeded
}

/** @returns whether it was moved. The look and the move are one turn: a writer of this process either has announced the content before, or finds it gone. */
function putAside(file: string, aside: string, isInUse: (sha256: string) => boolean): boolean {
  const name = path.basename(file)
  // A file still being written has more behind its hash.
  if (isInUse(name.slice(0, HASH_LENGTH))) return false
  try {
    renameSync(file, path.join(aside, name))
    return true
  } catch (thrown) {
    if (errorCode(thrown) !== 'ENOENT') throw thrown
    return false
  }
}

/** A writer may have stored the same content again; one of the two is enough. */
function putBack(file: string, place: string): void {
  mkdirSync(path.dirname(place), { recursive: true })
  renameSync(file, place)
}

/** Files no row names: left by a crash between the file and its transaction. */
async function orphans(store: Store, root: string, nowMs: number): Promise<string[]> {
  const rows = await store.db.selectFrom('artefacts').select('sha256').execute()
  const known = new Set(rows.map(({ sha256 }) => sha256))
  const found: string[] = []
  for (const folder of await readdir(root, { withFileTypes: true })) {
    // What a file manager or a person put here is none of ours, and must not keep the workspace from opening.
    if (!folder.isDirectory() || folder.name === ASIDE_FOLDER) continue
    for (const name of await readdir(path.join(root, folder.name))) {
      const file = path.join(root, folder.name, name)
      const info = await stat(file).catch(() => undefined)
      if (known.has(name) || info?.isFile() !== true || nowMs - info.mtimeMs < ORPHAN_AGE_MS) continue
      found.push(file)
    }
  }
  return found
}
