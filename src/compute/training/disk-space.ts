// What could not be written, and why: a full disk with how much was needed and how much there is.
import * as files from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { AppError } from '@shared/errors'

const mebibytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(1)} MiB`

/** Bytes free for this user on the disk of `place`, or of the nearest folder above that is there; null where nobody tells. */
export async function freeOnDisk(place: string): Promise<number | null> {
  // Node tells since 18.15; Electron 22's does not.
  const { statfs } = files as Partial<typeof files>
  if (statfs === undefined) return null
  for (let at = resolve(place); ; at = dirname(at)) {
    const info = await statfs(at).catch(() => undefined)
    if (info !== undefined) return info.bavail * info.bsize
    if (dirname(at) === at) return null
  }
}

/**
 * The error of a write, to be made when what was half-written is gone again, so that the free space is what there is.
 * @param what what was being written
 */
export async function writeFailure(
  what: string,
  place: string,
  neededBytes: number,
  cause: unknown,
): Promise<AppError> {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    const free = await freeOnDisk(place)
    return new AppError(
      'storage-failed',
      `${what} could not be written to ${place}: it needs ${mebibytes(neededBytes)} and the disk is full${free === null ? '' : ` (${mebibytes(free)} are free)`}.`,
      'Free some space on that disk, then go on: nothing that was stored before is lost.',
      { cause },
    )
  }
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new AppError(
    'storage-failed',
    `${what} could not be written to ${place}: ${reason}`,
    'Choose a folder that can be written to, or check its disk.',
    { cause },
  )
}
