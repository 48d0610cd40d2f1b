// A prepared data set's folder: written beside its place, with the manifest last, then put there whole. What goes wrong on the way
// leaves nothing, and what was there before stays.
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { refuseCancelled } from '@node/cancel'
import { diskError } from '@node/disk'
import { writeFileWhole } from '@node/whole-file'
import { errorCode } from '@node/file-error'
import { publishFolder } from '../fetch-package'
import { MANIFEST_FILE, type Manifest } from '../manifest'

/** What the images come to on the disk, once that is known. */
export interface Needs {
  bytes: number | null
}

export interface WholeFolderOptions {
  /** Replaced when it is there. */
  readonly folder: string
  /** Continues "Could not ..." where the disk is full. */
  readonly what: string
  readonly signal: AbortSignal
  /** Asked at the end: where another process was faster with the same content, its folder stays, because it may be in use. */
  readonly isThere?: () => Promise<boolean>
}

/**
 * @param build fills the folder it is given; the manifest is written here
 * @throws AppError `storage-failed`, `cancelled`, and what `build` throws
 */
export async function writeWholeFolder(
  { folder, what, signal, isThere }: WholeFolderOptions,
  build: (temporary: string, needs: Needs) => Promise<Manifest>,
): Promise<Manifest> {
  const needs: Needs = { bytes: null }
  try {
    await mkdir(path.dirname(folder), { recursive: true })
    const temporary = await mkdtemp(`${folder}.partial-`)
    try {
      const manifest = await build(temporary, needs)
      await writeFileWhole(path.join(temporary, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`)
      refuseCancelled(signal)
      if ((await isThere?.()) !== true) await replaceFolder(temporary, folder)
      return manifest
    } finally {
      await rm(temporary, { recursive: true, force: true })
    }
  } catch (thrown) {
    refuseCancelled(signal)
    throw await diskError(what, path.dirname(folder), needs.bytes, thrown)
  }
}

/** The old one goes only when the new one is in its place; where the program ends in between, the next start puts an import back. */
async function replaceFolder(temporary: string, folder: string): Promise<void> {
  const old = `${temporary}.old`
  const isMoved = await rename(folder, old).then(
    () => true,
    (thrown: unknown) => {
      if (errorCode(thrown) !== 'ENOENT') throw thrown
      return false
    },
  )
  try {
    await publishFolder(temporary, folder)
  } catch (thrown) {
    if (isMoved) await rename(old, folder)
    throw thrown
  }
  await rm(old, { recursive: true, force: true })
}
