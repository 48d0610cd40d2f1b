// Large files of a workspace under the hash of their content: weights, split indices. A file is on the disk before any row
// names it, and leaves the disk only when no row does; references are rows, so they commit with the fact that needs them.
import { createHash } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '@shared/errors'
import { sha256OfFile, syncFolder, writeFileWhole } from './files'
import type { Writer } from './schema'
import type { Store } from './store'
import { storageError } from './storage-error'

export interface Artefact {
  readonly sha256: string
  readonly kind: string
  readonly sizeBytes: number
}

/** A file without a row may belong to a fact about to be written; younger ones are left alone. One day is far above any such gap. */
const ORPHAN_AGE_MS = 24 * 60 * 60 * 1000

export interface Artefacts {
  /** Absolute path of the content with that hash; it may not exist. */
  path(sha256: string): string
  /** Stores bytes as a file; the row is written by `refer`. */
  put(kind: string, data: Uint8Array): Promise<Artefact>
  /**
   * Moves a file of the same disk in. @throws AppError `storage-failed` when its content has not the expected hash.
   */
  adopt(kind: string, file: string, expectedSha256: string): Promise<Artefact>
  /** Records inside a fact's transaction that `owner` (`trial:12`) needs the artefact. */
  refer(writer: Writer, artefact: Artefact, owner: string): Promise<void>
  /** Drops every reference of `owner` inside a transaction; files go at the next `collect`. */
  release(writer: Writer, owner: string): Promise<void>
  /** Removes what nothing refers to. @returns the number of files removed. */
  collect(nowMs?: number): Promise<number>
}

export function createArtefacts(store: Store): Artefacts {
  const root = store.folders.artefacts
  /** Stored in this session and perhaps about to be referred to: never collected before the next one. */
  const recent = new Set<string>()
  const place = (sha256: string): string => path.join(root, sha256.slice(0, 2), sha256)
  return {
    path: place,
    put: async (kind, data) => {
      const sha256 = createHash('sha256').update(data).digest('hex')
      recent.add(sha256)
      if (!(await exists(place(sha256)))) await writeFileWhole(place(sha256), data)
      return { sha256, kind, sizeBytes: data.byteLength }
    },
    adopt: async (kind, file, expected) => {
      try {
        const sha256 = await sha256OfFile(file)
        if (sha256 !== expected) {
          throw new AppError(
            'storage-failed',
            `The file ${file} should have the hash ${expected}, it has ${sha256}.`,
            'The disk or memory may be failing; run the trial again.',
          )
        }
        recent.add(sha256)
        const sizeBytes = await flush(file)
        await mkdir(path.dirname(place(sha256)), { recursive: true })
        await rename(file, place(sha256))
        await syncFolder(path.dirname(place(sha256)))
        return { sha256, kind, sizeBytes }
      } catch (thrown) {
        throw storageError(`store ${file}`, thrown)
      }
    },
    refer: async (writer, { sha256, kind, sizeBytes }, owner) => {
      await writer
        .insertInto('artefacts')
        .values({ sha256, kind, size_bytes: sizeBytes, created_at: new Date().toISOString() })
        .onConflict((conflict) => conflict.column('sha256').doNothing())
        .execute()
      await writer
        .insertInto('artefact_references')
        .values({ sha256, owner })
        .onConflict((conflict) => conflict.columns(['sha256', 'owner']).doNothing())
        .execute()
    },
    release: async (writer, owner) => {
      await writer.deleteFrom('artefact_references').where('owner', '=', owner).execute()
    },
    collect: async (nowMs = Date.now()) => {
      const unneeded = await store.write(async (writer) =>
        writer
          .deleteFrom('artefacts')
          .where('sha256', 'not in', writer.selectFrom('artefact_references').select('sha256'))
          // A trial's own column is a second guard: foreign keys would refuse, this keeps the rest collectable.
          .where('sha256', 'not in', (query) =>
            query
              .selectFrom('trials')
              .where('weights_sha256', 'is not', null)
              .select((column) => column.ref('weights_sha256').$notNull().as('sha256')),
          )
          .returning('sha256')
          .execute(),
      )
      const removable = unneeded.filter(({ sha256 }) => !recent.has(sha256))
      for (const { sha256 } of removable) await rm(place(sha256), { force: true })
      return removable.length + (await removeOrphans(store, root, nowMs))
    },
  }
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined
}

async function flush(file: string): Promise<number> {
  const handle = await open(file, 'r+')
  try {
    await handle.sync()
    return (await handle.stat()).size
  } finally {
    await handle.close()
  }
}

/** Files no row names: left by a crash between the file and its transaction. */
async function removeOrphans(store: Store, root: string, nowMs: number): Promise<number> {
  const rows = await store.db.selectFrom('artefacts').select('sha256').execute()
  const known = new Set(rows.map(({ sha256 }) => sha256))
  let removed = 0
  for (const folder of await readdir(root, { withFileTypes: true })) {
    // What a file manager or a person put here is none of ours, and must not keep the workspace from opening.
    if (!folder.isDirectory()) continue
    for (const name of await readdir(path.join(root, folder.name))) {
      const file = path.join(root, folder.name, name)
      const info = await stat(file).catch(() => undefined)
      if (known.has(name) || info?.isFile() !== true || nowMs - info.mtimeMs < ORPHAN_AGE_MS) continue
      await rm(file, { force: true })
      removed++
    }
  }
  return removed
}
