// Making folders, and getting their entries onto the disk.
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import path from 'node:path'
import { errorCode, fileError } from './file-error'

/**
 * Makes a folder and what is missing above it. Node's own recursion never ends where a file system answers a new entry with
 * "no such file" although the folder above is there, as /proc does.
 * @throws what the file system says
 */
export function makeFolder(folder: string): void {
  const missing = [path.resolve(folder)]
  for (let above = path.dirname(missing[0]!); !existsSync(above); above = path.dirname(above)) missing.push(above)
  for (const place of missing.reverse()) {
    try {
      mkdirSync(place)
    } catch (thrown) {
      if (errorCode(thrown) !== 'EEXIST' || !statSync(place).isDirectory()) throw thrown
    }
  }
}

/** `makeFolder` for a place that a user named. @throws AppError `storage-failed` */
export function makeNamedFolder(folder: string): void {
  try {
    makeFolder(folder)
  } catch (thrown) {
    throw fileError(`make the folder ${folder}`, thrown)
  }
}

/** Flushes a folder's entries, so that a rename in it survives a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder; its rename is journalled by the file system.
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
