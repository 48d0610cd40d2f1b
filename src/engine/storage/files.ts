// Files that are whole or absent: written beside their place, flushed to the disk, then renamed.
import { createHash } from 'node:crypto'
import { createReadStream, existsSync, mkdirSync, statSync } from 'node:fs'
import { copyFile, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { diskError } from './disk-full'
import { errorCode, storageError } from './storage-error'

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
    throw storageError(`make the folder ${folder}`, thrown)
  }
}

/** Tells apart what this process writes at the same moment, also under the same name. */
let written = 0

/** Writes `data` whole or not at all. @throws AppError `storage-failed` */
export async function writeFileWhole(file: string, data: string | Uint8Array): Promise<void> {
  const temporary = `${file}.${process.pid}.${written++}.partial`
  try {
    await mkdir(path.dirname(file), { recursive: true })
    const handle = await open(temporary, 'w')
    try {
      await handle.writeFile(data)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, file)
    await syncFolder(path.dirname(file))
  } catch (thrown) {
    await rm(temporary, { force: true })
    throw await diskError(`write ${file}`, path.dirname(file), Buffer.byteLength(data), thrown)
  }
}

/** Moves a file that is on its disk already; whole or not at all also where the two places are on different disks. */
export async function moveFileWhole(file: string, place: string): Promise<void> {
  await mkdir(path.dirname(place), { recursive: true })
  try {
    await rename(file, place)
  } catch (thrown) {
    if (errorCode(thrown) !== 'EXDEV') throw thrown
    const temporary = `${place}.${process.pid}.${written++}.partial`
    try {
      await copyFile(file, temporary)
      await syncFile(temporary)
      await rename(temporary, place)
    } catch (cause) {
      await rm(temporary, { force: true })
      throw cause
    }
    await rm(file)
  }
  await syncFolder(path.dirname(place))
}

/** @returns the file's size in bytes, once it is on the disk */
export async function syncFile(file: string): Promise<number> {
  const handle = await open(file, 'r+')
  try {
    await handle.sync()
    return (await handle.stat()).size
  } finally {
    await handle.close()
  }
}

/** Hexadecimal SHA-256 of a file, read in pieces. */
export async function sha256OfFile(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(file, signal === undefined ? {} : { signal })) hash.update(piece as Buffer)
  return hash.digest('hex')
}

/** Bytes of a file or of everything below a folder; 0 when absent. Links are not followed. */
export async function sizeOnDisk(place: string): Promise<number> {
  const info = await stat(place).catch(() => undefined)
  if (info === undefined) return 0
  if (!info.isDirectory()) return info.size
  const entries = await readdir(place, { withFileTypes: true }).catch(() => [])
  const sizes = await Promise.all(
    entries.filter((entry) => !entry.isSymbolicLink()).map((entry) => sizeOnDisk(path.join(place, entry.name))),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
