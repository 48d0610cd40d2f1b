// How much of an archive is believed before it is called a bomb, and which names may become files.
import { AppError } from '@shared/errors'
import { GIB, MIB } from '@shared/units'

export interface ArchiveLimits {
  readonly maxFiles: number
  readonly maxBytes: number
  /** Unpacked bytes for each byte of the archive, once `freeBytes` are out. */
  readonly maxRatio: number
  readonly freeBytes: number
}

/** ImageNet's train split: 1.28 million files, 148 GB. Text and flat images shrink at most about fifty-fold with deflate. */
export const ARCHIVE_LIMITS: ArchiveLimits = {
  maxFiles: 2_000_000,
  maxBytes: 256 * GIB,
  maxRatio: 100,
  freeBytes: 64 * MIB,
}

export interface Meter {
  /** @throws AppError `dataset-damaged` */
  file(): void
  /** @throws AppError `dataset-damaged` */
  bytes(count: number): void
}

/** Counts what comes out of an archive of `archiveBytes` and ends it above a limit. */
export function meterOf(archiveBytes: number, limits: ArchiveLimits): Meter {
  let files = 0
  let total = 0
  const allowed = Math.min(limits.maxBytes, Math.max(limits.freeBytes, archiveBytes * limits.maxRatio))
  return {
    file: () => {
      if (++files > limits.maxFiles) throw refused(`it holds more than ${limits.maxFiles} files`)
    },
    bytes: (count) => {
      total += count
      if (total > allowed) {
        throw refused(`${archiveBytes} bytes unpack to more than ${allowed}, as an archive made to fill a disk does`)
      }
    },
  }
}

/** `name` as a path below the folder it is unpacked to. @throws AppError `dataset-damaged` when it leads elsewhere */
export function safePath(name: string): string {
  const parts = name.replace(/\\/g, '/').split('/')
  const isUnsafe =
    name.includes('\0') ||
    name.startsWith('/') ||
    name.startsWith('\\') ||
    /^[a-z]:/i.test(name) ||
    parts.includes('..')
  if (isUnsafe) throw refused(`it holds a file outside its own folder, ${JSON.stringify(name.slice(0, 200))}`)
  const inner = parts.filter((part) => part !== '' && part !== '.').join('/')
  if (inner === '') throw refused('it holds a file without a name')
  return inner
}

export function refused(reason: string, cause?: unknown): AppError {
  return new AppError(
    'dataset-damaged',
    `The archive is refused: ${reason}.`,
    'Get it again from its source, or unpack it yourself and import the folder.',
    { cause },
  )
}
