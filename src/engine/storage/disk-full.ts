// A full disk with its figures: how much was needed, how much there is. Everything else is storage-error.ts's.
import { AppError } from '@shared/errors'
import { freeBytes } from '../machine/disk'
import { errorCode, storageError } from './storage-error'

const mebibytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(1)} MiB`

const full = (
  what: string,
  place: string,
  neededBytes: number | null,
  free: number | null,
  cause?: unknown,
): AppError => {
  const needed = neededBytes === null ? 'the disk is full' : `it needs ${mebibytes(neededBytes)} and the disk is full`
  const left = free === null ? '' : ` (${mebibytes(free)} are free)`
  return new AppError(
    'storage-failed',
    `Could not ${what}: ${needed}${left}.`,
    `Free some space on the disk of ${place}, then try again: nothing that was stored before is lost.`,
    { cause },
  )
}

/**
 * As `storageError`, with figures where the disk is full. Call it when what was half-written is gone again.
 * @param neededBytes null where it is not known
 */
export async function diskError(
  what: string,
  place: string,
  neededBytes: number | null,
  thrown: unknown,
): Promise<unknown> {
  const code = errorCode(thrown)
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return storageError(what, thrown)
  return full(what, place, neededBytes, await freeBytes(place), thrown)
}

/** Before hours of work that could not be stored. @throws AppError `storage-failed` when so much does not fit the disk of `place` */
export async function refuseTooLittleSpace(what: string, place: string, neededBytes: number): Promise<void> {
  const free = await freeBytes(place)
  if (free !== null && free < neededBytes) throw full(what, place, neededBytes, free)
}
