// Named entries of a zip that a network lies in, unpacked in memory: nothing of it reaches the disk, names are only compared.
import yauzl from 'yauzl'
import { AppError } from '@shared/errors'
import { quoted } from '@shared/quoted'
import { MIB } from '@shared/units'
import { openToRead } from '../read-file'

/** More entries than any such file has. */
const MAX_ENTRIES = 10_000
/** Weights hardly become smaller; what grows more than this, beyond a few MiB, is made to fill the memory. */
const MOST_GROWTH = 100
const SMALL = 16 * MIB

const damaged = (what: string, cause?: unknown): AppError =>
  new AppError('invalid-input', `The file is damaged: ${what}.`, 'Save it again from the program it comes from.', {
    cause,
  })

/**
 * @param limitOf most bytes that an entry of that name may have unpacked; undefined for entries that are not wanted
 * @param what the file is
 * @throws AppError `invalid-input` for a damaged zip, one with too many entries, and entries that are too large
 */
export async function zipEntries(
  file: string,
  what: string,
  limitOf: (name: string) => number | undefined,
): Promise<ReadonlyMap<string, Buffer>> {
  // Looked at before it is opened by name: a pipe, a device.
  await (await openToRead(file, { what })).handle.close()
  const found = new Map<string, Buffer>()
  let zip: Awaited<ReturnType<typeof yauzl.openPromise>> | undefined
  try {
    zip = await yauzl.openPromise(file, { autoClose: false })
    if (zip.entryCount > MAX_ENTRIES) throw damaged(`it has ${zip.entryCount} entries, more than ${MAX_ENTRIES}`)
    for await (const entry of zip.eachEntry()) {
      const limit = limitOf(entry.fileName)
      if (limit === undefined) continue
      const { compressedSize, uncompressedSize } = entry
      if (entry.isEncrypted()) throw damaged(`${quoted(entry.fileName)} is encrypted`)
      if (uncompressedSize > limit)
        throw damaged(`${quoted(entry.fileName)} has ${uncompressedSize} bytes, at most ${limit} were expected`)
      if (uncompressedSize > SMALL && uncompressedSize > compressedSize * MOST_GROWTH)
        throw damaged(`${quoted(entry.fileName)} grows from ${compressedSize} to ${uncompressedSize} bytes`)
      if (found.has(entry.fileName)) throw damaged(`it has ${quoted(entry.fileName)} twice`)
      const pieces: Buffer[] = []
      let size = 0
      for await (const piece of await zip.openReadStreamPromise(entry)) {
        size += (piece as Buffer).length
        if (size > limit) throw damaged(`${quoted(entry.fileName)} has more than ${limit} bytes`)
        pieces.push(piece as Buffer)
      }
      found.set(entry.fileName, Buffer.concat(pieces))
    }
    return found
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown
    const why = thrown instanceof Error ? thrown.message.slice(0, 200) : String(thrown)
    throw damaged(`its zip cannot be read (${why})`, thrown)
  } finally {
    zip?.close()
  }
}
