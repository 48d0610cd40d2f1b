// Unpacks the user's archive into an empty folder of ours. Names and sizes are not trusted; what fails is removed by the caller
// with the folder.
import { createWriteStream } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { AppError } from '@shared/errors'
import { refuseCancelled } from '@node/cancel'
import { errorCode } from '@node/file-error'
import { readArchive, type ArchiveKind } from './archive'
import { ARCHIVE_LIMITS, meterOf, refused, safePath, type ArchiveLimits, type Meter } from './limits'

/** @throws AppError `dataset-damaged` for what is damaged, leads out of the folder or grows out of proportion */
export async function unpackArchive(
  file: string,
  kind: ArchiveKind,
  folder: string,
  signal: AbortSignal,
  onFile: (name: string) => void,
  limits: ArchiveLimits = ARCHIVE_LIMITS,
): Promise<void> {
  const meter = meterOf((await stat(file)).size, limits)
  for await (const entry of readArchive(file, kind, signal)) {
    refuseCancelled(signal)
    meter.file()
    const name = safePath(entry.name)
    onFile(name)
    const place = path.join(folder, name)
    try {
      await mkdir(path.dirname(place), { recursive: true })
      // Never over what is there already, whatever the archive repeats.
      await pipeline(metered(await entry.content(), meter), createWriteStream(place, { flags: 'wx' }), { signal })
    } catch (thrown) {
      throw unpackError(name, thrown)
    }
  }
}

/** The names alone, with the same limits on their number. */
export async function archiveNames(file: string, kind: ArchiveKind, signal: AbortSignal): Promise<string[]> {
  const meter = meterOf((await stat(file)).size, ARCHIVE_LIMITS)
  const names: string[] = []
  for await (const entry of readArchive(file, kind, signal)) {
    meter.file()
    names.push(safePath(entry.name))
  }
  return names
}

async function* metered(content: AsyncIterable<Buffer>, meter: Meter): AsyncGenerator<Buffer> {
  for await (const piece of content) {
    meter.bytes(piece.length)
    yield piece
  }
}

function unpackError(name: string, thrown: unknown): unknown {
  if (thrown instanceof AppError) return thrown
  const code = errorCode(thrown)
  if (code === 'EEXIST' || code === 'ENOTDIR' || code === 'EISDIR') return refused(`it holds "${name}" twice`, thrown)
  if (code === 'ENAMETOOLONG') return refused(`it holds a name that is too long, "${name.slice(0, 100)}…"`, thrown)
  // The disk's own errors stay what they are; the rest comes from inflating.
  if (/^E[A-Z]+$/.test(code)) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new AppError(
    'dataset-damaged',
    `The archive is damaged: "${name}" cannot be unpacked (${message}).`,
    'Get it again from its source.',
    { cause: thrown },
  )
}
