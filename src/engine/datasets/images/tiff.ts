// The first page of a TIFF, by utif2, which believes what a file says: its directory is checked here first, and what leads to other
// directories is taken out, so that no damaged file makes it run without end or fill the memory.
import UTIF from 'utif2'
import { UnreadableImage } from './unreadable-image'

/** Bytes of a value by its type (TIFF 6.0, section 2); 0 for no type. */
const TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8]
/** SubIFDs, Exif, GPS and interoperability directories, and Photoshop's block, in which others may lie. */
const ELSEWHERE = new Set([330, 34665, 34853, 40965, 37724, 34377])
/** A tag that nobody reads, in place of those. */
const UNUSED_TAG = 65000
/** Pages have a few dozen. */
const MAX_ENTRIES = 512

export interface TiffPage {
  readonly page: UTIF.IFD
  /** What was read, for decoding. */
  readonly content: ArrayBuffer
  readonly hasMore: boolean
}

/** @throws UnreadableImage */
export function firstPage(bytes: Uint8Array): TiffPage {
  const copy = Buffer.from(bytes)
  const isLittle = copy[0] === 0x49
  const short = (at: number): number => (isLittle ? copy.readUInt16LE(at) : copy.readUInt16BE(at))
  const long = (at: number): number => (isLittle ? copy.readUInt32LE(at) : copy.readUInt32BE(at))
  const putShort = (at: number, value: number): number =>
    isLittle ? copy.writeUInt16LE(value, at) : copy.writeUInt16BE(value, at)
  try {
    const start = long(4)
    const entries = short(start)
    if (entries === 0 || entries > MAX_ENTRIES) throw new UnreadableImage('is a TIFF without an image')
    for (let entry = 0; entry < entries; entry++) {
      const at = start + 2 + entry * 12
      if (ELSEWHERE.has(short(at))) putShort(at, UNUSED_TAG)
      const size = (TYPE_BYTES[short(at + 2)] ?? 0) * long(at + 4)
      const place = size > 4 ? long(at + 8) : at + 8
      if (size === 0 || place + size > copy.length)
        throw new UnreadableImage('is a damaged TIFF: a value lies outside it')
    }
    const next = start + 2 + entries * 12
    const hasMore = next + 4 <= copy.length && long(next) !== 0
    if (next + 4 <= copy.length) copy.writeUInt32LE(0, next)
    const content = copy.buffer.slice(copy.byteOffset, copy.byteOffset + copy.length)
    const [page] = UTIF.decode(content)
    if (page === undefined) throw new UnreadableImage('is a TIFF without an image')
    return { page, content, hasMore }
  } catch (cause) {
    if (cause instanceof UnreadableImage) throw cause
    throw new UnreadableImage('is a damaged TIFF', { cause })
  }
}

export function tiffNumber(page: UTIF.IFD, tag: number): number | undefined {
  const value = page[`t${tag}`]
  const first: unknown = typeof value === 'object' ? value[0] : value
  return typeof first === 'number' ? first : undefined
}
