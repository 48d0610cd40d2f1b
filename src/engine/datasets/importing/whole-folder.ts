// A prepared data set's folder: written beside its place, with the manifest last, then put there whole. What goes wrong on the way
// leaves nothing, and what was there before stays.
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { refuseCancelled } from '@node/cancel'
import { diskError } from '@node/disk'
import { writeFileWhole } from '@node/whole-file'
import { folderBeside, replaceFolder } from '@node/whole-folder'
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
  /** Asked of the old folder before it goes; the new one is dropped when it throws. */
  readonly mayGo?: (aside: string) => Promise<void>
}

/**
 * @param build fills the folder it is given; the manifest is written here
 * @throws AppError `storage-failed`, `cancelled`, and what `build` throws
 */
export async function writeWholeFolder(
  { folder, what, signal, isThere, mayGo }: WholeFolderOptions,
  build: (temporary: string, needs: Needs) => Promise<Manifest>,
): Promise<Manifest> {
  const needs: Needs = { bytes: null }
  try {
    const temporary = await folderBeside(folder)
    try {
      const manifest = await build(temporary, needs)
      await writeFileWhole(path.join(temporary, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`)
      refuseCancelled(signal)
      if ((await isThere?.()) !== true) await replaceFolder(temporary, folder, mayGo)
      return manifest
    } finally {
      await rm(temporary, { recursive: true, force: true })
    }
  } catch (thrown) {
    refuseCancelled(signal)
    throw await diskError(what, path.dirname(folder), needs.bytes, thrown)
  }
}
