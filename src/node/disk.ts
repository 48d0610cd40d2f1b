// How much a disk has left and how much something takes of it; a full disk as one error, with its figures.
import * as syncFiles from 'node:fs'
import * as files from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '@shared/errors'
import { readableBytes } from '@shared/units'
import { errorCode, fileError } from './file-error'

/** Bytes free for the user on the disk of `place`, which need not exist yet; null where the system does not tell. */
export async function freeBytes(place: string): Promise<number | null> {
  // Node tells since 18.15; Electron 22's does not.
  const { statfs } = files as Partial<typeof files>
  if (statfs === undefined) return nearestMount(place)
  for (let at = path.resolve(place); ; at = path.dirname(at)) {
    const info = await statfs(at).catch(() => undefined)
    if (info !== undefined) return info.bavail * info.bsize
    if (path.dirname(at) === at) return null
  }
}

async function nearestMount(place: string): Promise<number | null> {
  const { fsSize } = await import('systeminformation')
  const disks = await fsSize().catch(() => [])
  const inside = disks.filter(({ mount }) => {
    const relative = path.relative(mount, place)
    return relative === '' || !(relative.startsWith('..') || path.isAbsolute(relative))
  })
  const nearest = inside.sort((a, b) => b.mount.length - a.mount.length)[0]
  return nearest === undefined ? null : nearest.available
}

/** The first folder upwards that is there. */
function existingFolder(place: string): string {
  let at = path.resolve(place)
  while (!syncFiles.existsSync(at) && path.dirname(at) !== at) at = path.dirname(at)
  return at
}

function freeBytesNow(place: string): number | null {
  const { statfsSync } = syncFiles as Partial<typeof syncFiles>
  try {
    const info = statfsSync?.(existingFolder(place))
    return info === undefined ? null : info.bavail * info.bsize
  } catch {
    // Figures are told where there are some.
    return null
  }
}

/** More than SQLite's smallest file beside a database, the 32 KiB index of its log. */
const PROBE_BYTES = 64 * 1024

/** Whether a small file can no longer be written there: a quota says nothing else, and neither do some programs' error codes. */
function hasNoRoom(place: string): boolean {
  const probe = path.join(existingFolder(place), `.gptnas-room-${process.pid}`)
  try {
    syncFiles.writeFileSync(probe, Buffer.alloc(PROBE_BYTES))
    return false
  } catch (thrown) {
    return isDiskFull(thrown)
  } finally {
    syncFiles.rmSync(probe, { force: true })
  }
}

/**
 * For who cannot wait and whose error does not say that the disk is full, as SQLite's does not where its log finds no room.
 * @param place a folder on that disk, which need not exist
 * @returns an AppError `storage-failed` with what is free, or undefined where there is room
 */
export function fullDiskError(what: string, place: string, thrown: unknown): AppError | undefined {
  if (!isDiskFull(thrown) && !hasNoRoom(place)) return undefined
  return diskFull(what, place, null, freeBytesNow(place), thrown)
}

function isDiskFull(thrown: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'SQLITE_FULL'].includes(errorCode(thrown))
}

const diskFull = (
  what: string,
  place: string,
  neededBytes: number | null,
  free: number | null,
  cause?: unknown,
): AppError => {
  const needed =
    neededBytes === null ? 'the disk is full' : `it needs ${readableBytes(neededBytes)} and the disk is full`
  const left = free === null ? '' : ` (${readableBytes(free)} are free)`
  return new AppError(
    'storage-failed',
    `Could not ${what}: ${needed}${left}.`,
    `Free some space on the disk of ${place}, then try again: nothing that was stored before is lost.`,
    { cause },
  )
}

/**
 * As `fileError`, with figures where the disk is full. Call it when what was half-written is gone again.
 * @param what continues "Could not ..."
 * @param place a folder on that disk
 * @param neededBytes null where it is not known
 */
export async function diskError(
  what: string,
  place: string,
  neededBytes: number | null,
  thrown: unknown,
): Promise<unknown> {
  if (!isDiskFull(thrown)) return fileError(what, thrown)
  return diskFull(what, place, neededBytes, await freeBytes(place), thrown)
}

/** Before hours of work that could not be stored. @throws AppError `storage-failed` when so much does not fit the disk of `place` */
export async function refuseTooLittleSpace(what: string, place: string, neededBytes: number): Promise<void> {
  const free = await freeBytes(place)
  if (free !== null && free < neededBytes) throw diskFull(what, place, neededBytes, free)
}

/** Bytes of a file or of everything below a folder; 0 when absent. Links are not followed. */
export async function sizeOnDisk(place: string): Promise<number> {
  const info = await files.stat(place).catch(() => undefined)
  if (info === undefined) return 0
  if (!info.isDirectory()) return info.size
  const entries = await files.readdir(place, { withFileTypes: true }).catch(() => [])
  const sizes = await Promise.all(
    entries.filter((entry) => !entry.isSymbolicLink()).map((entry) => sizeOnDisk(path.join(place, entry.name))),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
