// Large files of a workspace under the hash of their content: weights, split indices. A file is on the disk before any row
// names it, and leaves the disk only when no row does (artefact-collection.ts); references are rows, so they commit with the
// fact that needs them.
import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '@shared/errors'
import { collectArtefacts } from './artefact-collection'
import { inspectArtefacts, type ArtefactReport } from './artefact-report'
import { contentCheck } from './content-check'
import { diskError } from '@node/disk'
import { moveFileWhole, sha256OfFile, syncFile, writeFileWhole } from '@node/whole-file'
import type { Reader, Writer } from './schema'
import type { Store } from './store'

export interface Artefact {
  readonly sha256: string
  readonly kind: string
  readonly sizeBytes: number
}

export interface Artefacts {
  /** Absolute path of the content with that hash; it may not exist. */
  path(sha256: string): string
  /** Whether the file under that hash has the content it names: all of it is read, once per session unless the file changes. */
  isWhole(sha256: string): Promise<boolean>
  /** Stores bytes as a file; the row is written by `refer`. */
  put(kind: string, data: Uint8Array): Promise<Artefact>
  /**
   * Moves a file in. @throws AppError `storage-failed` when its content has not the expected hash.
   */
  adopt(kind: string, file: string, expectedSha256: string): Promise<Artefact>
  /** Records inside a fact's transaction that `owner` (`trial:12`) needs the artefact. */
  refer(writer: Writer, artefact: Artefact, owner: string): Promise<void>
  /** Drops every reference of `owner` inside a transaction; files go at the next `collect`. */
  release(writer: Writer, owner: string): Promise<void>
  /** Keeps the content on the disk, whatever becomes of its references, until the returned function is called. */
  pin(sha256: string): () => void
  /** Whether somebody keeps it so. */
  isPinned(sha256: string): boolean
  /** Removes what nothing refers to. @returns the number of files removed. */
  collect(nowMs?: number): Promise<number>
  /** What is there, what is missing, what a collection would remove. */
  inspect(): Promise<ArtefactReport>
}

export function createArtefacts(store: Store): Artefacts {
  const root = store.folders.artefacts
  /** Stored in this session and perhaps about to be referred to: never collected before the next one. */
  const recent = new Set<string>()
  let collecting: Promise<number> = Promise.resolve(0)
  const pins = new Map<string, number>()
  const place = (sha256: string): string => path.join(root, sha256.slice(0, 2), sha256)
  const isInUse = (sha256: string): boolean => recent.has(sha256) || pins.has(sha256)
  const isWhole = contentCheck(place)
  return {
    path: place,
    isWhole,
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
        const sizeBytes = await syncFile(file)
        await moveFileWhole(file, place(sha256))
        return { sha256, kind, sizeBytes }
      } catch (thrown) {
        const { size } = await stat(file).catch(() => ({ size: null }))
        throw await diskError(`store ${file}`, root, size, thrown)
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
    pin: (sha256) => {
      pins.set(sha256, (pins.get(sha256) ?? 0) + 1)
      let isPinned = true
      return () => {
        const others = (pins.get(sha256) ?? 0) - Number(isPinned)
        isPinned = false
        if (others > 0) pins.set(sha256, others)
        else pins.delete(sha256)
      }
    },
    isPinned: (sha256) => pins.has(sha256),
    collect: (nowMs = Date.now()) => {
      const collection = (): Promise<number> => collectArtefacts({ store, place, isInUse }, nowMs)
      // One after another, also after one that failed: they share the folder where files are put aside.
      return (collecting = collecting.then(collection, collection))
    },
    inspect: () => inspectArtefacts(store, isWhole),
  }
}

/** What the database knows of a content. @throws AppError `not-found` */
export async function namedArtefact(db: Reader, sha256: string): Promise<Artefact> {
  const row = await db.selectFrom('artefacts').selectAll().where('sha256', '=', sha256).executeTakeFirst()
  if (row === undefined)
    throw new AppError(
      'not-found',
      `This workspace has no weights with the hash ${sha256.slice(0, 12)}...`,
      'Import the network that they belong to.',
    )
  return { sha256, kind: row.kind, sizeBytes: row.size_bytes }
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined
}
