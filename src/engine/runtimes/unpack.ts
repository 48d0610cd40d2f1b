// What is kept of a wheel, or of our own archive, as files of a growing runtime. Nothing of an archive is trusted: not its names, sizes
// or kinds; what is kept must have the pinned hash in the end, and nothing is ever written beside the folder.
import { createHash } from 'node:crypto'
import { chmod, rm } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '@shared/errors'
import type { WheelPin } from '@shared/runtime/tensorflow-builds'
import { refuseCancelled } from '@node/cancel'
import { writeFileWhole } from '@node/whole-file'
import { zipEntries } from '@node/zip-entries'
import { insideOnly, isProgram, keptPlace } from './layout'
import { keptHash, type WheelStamp } from './manifest'
import type { Telling } from './progress'

/** An entry of whatever kind of archive. */
export interface PackedFile {
  /** As the wheel has it. */
  readonly name: string
  readonly content: () => Promise<AsyncIterable<Buffer>>
}

/**
 * Writes the kept files of a wheel below `staging`.
 * @param files the wheel's own entries, or those of our archive that come from it
 * @returns what was written, checked against the pin
 * @throws AppError `invalid-input` where the archive is not what is pinned; what was written of it is then gone. `storage-failed`, `cancelled`
 */
export async function unpackWheel(
  files: AsyncIterable<PackedFile>,
  pin: WheelPin,
  staging: string,
  tell: Telling,
  signal: AbortSignal,
): Promise<WheelStamp> {
  const written: Record<string, number> = {}
  const entries: Record<string, string> = {}
  let done = 0
  try {
    for await (const { name, content } of files) {
      refuseCancelled(signal)
      const place = keptPlace(insideOnly(name))
      if (place === null) continue
      insideOnly(place)
      if (written[place] !== undefined) throw new Error(`it holds ${JSON.stringify(name.slice(0, 100))} twice`)
      const hash = createHash('sha256')
      let size = 0
      const counted = async function* (): AsyncGenerator<Buffer> {
        for await (const piece of await content()) {
          refuseCancelled(signal)
          done += piece.length
          size += piece.length
          if (done > pin.keptBytes) throw new Error(`it unpacks to more than ${pin.keptBytes} bytes`)
          hash.update(piece)
          tell('unpacking', pin, done, pin.keptBytes)
          yield piece
        }
      }
      written[place] = 0
      await writeFileWhole(path.join(staging, place), counted())
      if (isProgram(place)) await chmod(path.join(staging, place), 0o755)
      written[place] = size
      entries[name] = hash.digest('hex')
    }
    if (keptHash(entries) !== pin.keptSha256) throw new Error('its files are not the pinned ones')
    return { file: pin.file, sha256: pin.sha256, files: written, entries }
  } catch (thrown) {
    await Promise.all(Object.keys(written).map((place) => rm(path.join(staging, place), { force: true })))
    if (thrown instanceof AppError && thrown.code !== 'dataset-damaged') throw thrown
    if (signal.aborted) throw new AppError('cancelled', 'The installation was cancelled.')
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    throw new AppError(
      'invalid-input',
      `${pin.file} is refused: ${reason}.`,
      'Fetch it again from its source; nothing of it was kept.',
      { cause: thrown },
    )
  }
}

/** The files of a wheel; links and what is encrypted are refused. */
export async function* wheelFiles(file: string): AsyncGenerator<PackedFile> {
  for await (const { name, kind, isEncrypted, content } of zipEntries(file)) {
    if (kind === 'folder') continue
    if (kind === 'link' || isEncrypted)
      throw new Error(`it holds ${JSON.stringify(name.slice(0, 100))}, ${isEncrypted ? 'encrypted' : 'a link'}`)
    yield { name, content }
  }
}
