// The entries of a zip that a network lies in, unpacked in memory: nothing of it reaches the disk, names are only compared. The zip itself is
// read as every other (zip-entries.ts), which checks what it unpacks.
import { AppError } from '@shared/errors'
import { quoted } from '@shared/quoted'
import { MIB } from '@shared/units'
import { openToRead } from '../read-file'
import { zipEntries } from '../zip-entries'

/** More entries than any such file has. */
const MAX_ENTRIES = 10_000
/** Weights hardly become smaller. What grows more than this, beyond a few MiB, is made to fill the memory: all entries together. */
const MOST_GROWTH = 20
const SMALL = 16 * MIB

/** Bytes that may be unpacked of so many. */
export const mostUnpacked = (bytes: number): number => SMALL + MOST_GROWTH * bytes

const damaged = (what: string, cause?: unknown): AppError =>
  new AppError('invalid-input', `The file is damaged: ${what}.`, 'Save it again from the program it comes from.', {
    cause,
  })

/**
 * @param limitOf most bytes that an entry of that name may have unpacked; undefined for entries that are not wanted
 * @param what the file is
 * @throws AppError `invalid-input` for a damaged zip, one with too many entries, and entries that are too large, alone or together
 */
export async function wantedEntries(
  file: string,
  what: string,
  limitOf: (name: string) => number | undefined,
): Promise<ReadonlyMap<string, Buffer>> {
  // Looked at before it is opened by name: a pipe, a device.
  const { handle, size: packed } = await openToRead(file, { what })
  await handle.close()
  const most = mostUnpacked(packed)
  const found = new Map<string, Buffer>()
  let [entries, unpacked] = [0, 0]
  try {
    for await (const { name, isEncrypted, sizeBytes, content } of zipEntries(file)) {
      if (++entries > MAX_ENTRIES) throw damaged(`it has more than ${MAX_ENTRIES} entries`)
      const limit = limitOf(name)
      if (limit === undefined) continue
      if (isEncrypted) throw damaged(`${quoted(name)} is encrypted`)
      if (sizeBytes > limit) throw damaged(`${quoted(name)} has ${sizeBytes} bytes, at most ${limit} were expected`)
      unpacked += sizeBytes
      if (unpacked > most) throw damaged(`what it holds grows from ${packed} to ${unpacked} bytes`)
      if (found.has(name)) throw damaged(`it has ${quoted(name)} twice`)
      const pieces: Buffer[] = []
      // No more than was announced: the reader ends where it is otherwise.
      for await (const piece of await content()) pieces.push(piece)
      found.set(name, Buffer.concat(pieces))
    }
    return found
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown
    const why = thrown instanceof Error ? thrown.message.slice(0, 200) : String(thrown)
    throw damaged(`its zip cannot be read (${why})`, thrown)
  }
}
