// Unpacks the user's archive into an empty folder of ours. Names and sizes are not trusted; what fails is removed by the caller
// with the folder.
import { createWriteStream, writeFileSync } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { AppError } from '@shared/errors'
import { refuseCancelled } from '@node/cancel'
import { errorCode } from '@node/file-error'
import { readArchive, type ArchiveKind } from './archive'
import { ARCHIVE_LIMITS, meterOf, refused, safePath, type ArchiveLimits, type Meter } from './limits'

/**
 * Written at once, in some hundredths of a millisecond: a stream costs ten times as much, and archives hold hundreds of thousands of
 * small images, or of nothing.
 */
const SMALL_BYTES = 64 * 1024

/**
 * @returns what was passed over, in words
 * @throws AppError `dataset-damaged` for what is damaged, leads out of the folder or grows out of proportion
 */
export async function unpackArchive(
  file: string,
  kind: ArchiveKind,
  folder: string,
  signal: AbortSignal,
  onFile: (name: string) => void,
  limits: ArchiveLimits = ARCHIVE_LIMITS,
): Promise<string[]> {
  const meter = meterOf((await stat(file)).size, limits)
  const passedOver: string[] = []
  const made = new Set<string>()
  const makeOnce = async (place: string): Promise<void> => {
    if (made.has(place)) return
    await mkdir(place, { recursive: true })
    made.add(place)
  }
  for await (const entry of readArchive(file, kind, signal)) {
    refuseCancelled(signal)
    meter.file()
    if (entry.kind === 'other') {
      passedOver.push(entry.name)
      continue
    }
    const name = entry.kind === 'folder' ? safeFolder(entry.name) : safePath(entry.name)
    if (name === null) continue
    onFile(name)
    const place = path.join(folder, name)
    try {
      if (entry.kind === 'folder') {
        await makeOnce(place)
        continue
      }
      await makeOnce(path.dirname(place))
      await writeEntry(place, metered(await entry.content(), meter), signal)
    } catch (thrown) {
      throw unpackError(name, thrown)
    }
  }
  return passedOverNote(passedOver)
}

/** Never over what is there already, whatever the archive repeats. */
async function writeEntry(place: string, content: AsyncGenerator<Buffer>, signal: AbortSignal): Promise<void> {
  const pieces: Buffer[] = []
  let held = 0
  for (let next = await content.next(); next.done !== true; next = await content.next()) {
    pieces.push(next.value)
    held += next.value.length
    if (held <= SMALL_BYTES) continue
    const whole = (async function* () {
      yield* pieces
      yield* content
    })()
    return pipeline(whole, createWriteStream(place, { flags: 'wx' }), { signal })
  }
  writeFileSync(place, Buffer.concat(pieces), { flag: 'wx' })
}

/** As `safePath`; null for the folder that everything is unpacked to. */
const safeFolder = (name: string): string | null =>
  /^[./\\]*$/.test(name) && !name.includes('..') ? null : safePath(name)

function passedOverNote(names: readonly string[]): string[] {
  return names.length === 0
    ? []
    : [`Left out, links and devices in the archive: ${names.length}, for example ${names[0]!.slice(0, 100)}.`]
}

export interface ArchiveNames {
  readonly names: readonly string[]
  /** Folders without a file in any depth. */
  readonly emptyFolders: readonly string[]
  /** What an import would pass over, in words. */
  readonly notes: readonly string[]
}

/** The names alone, with the same limits on their number. */
export async function archiveNames(file: string, kind: ArchiveKind, signal: AbortSignal): Promise<ArchiveNames> {
  const meter = meterOf((await stat(file)).size, ARCHIVE_LIMITS)
  const names: string[] = []
  const folders: string[] = []
  const passedOver: string[] = []
  for await (const entry of readArchive(file, kind, signal)) {
    meter.file()
    if (entry.kind === 'other') passedOver.push(entry.name)
    else if (entry.kind === 'file') names.push(safePath(entry.name))
    else folders.push(...[safeFolder(entry.name)].filter((name) => name !== null))
  }
  const full = new Set(
    names.flatMap((name) => name.split('/').map((_, depth, parts) => parts.slice(0, depth).join('/'))),
  )
  return { names, emptyFolders: folders.filter((name) => !full.has(name)), notes: passedOverNote(passedOver) }
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
