// The one way to read text that people bring: marks at the beginning dropped, UTF-16 decoded, what is not UTF-8 told or decoded. The
// file is looked at before it is read (read-file.ts).
import { AppError } from '@shared/errors'
import { readWhole, readWholeSync } from './read-file'

export interface DecodedText {
  readonly text: string
  readonly encoding: 'UTF-8' | 'UTF-16' | 'Windows-1252'
  /** The first line that is not UTF-8, from 1, where it had to be read as Windows-1252; else null. */
  readonly strangeLine: number | null
}

export interface TextFileOptions {
  /** What the file is, for messages: "space file". */
  readonly what: string
  /** Larger files are refused. */
  readonly maxBytes?: number
}

/** Far above any design or settings file that a person writes. */
const MAX_BYTES = 64 * 1024 * 1024
/** Bytes looked at to tell UTF-16 without a mark. */
const LOOKED_AT = 1000

/**
 * Characters of Windows-1252 for the bytes 0x80 to 0x9f (WHATWG Encoding Standard, index windows-1252); the others are Latin-1's. By
 * hand, because runtimes built without all of ICU lack the decoder and some read Latin-1 instead.
 */
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'

/** Any text; never fails. */
export function decodeText(bytes: Uint8Array): DecodedText {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const wide = utf16Of(buffer)
  if (wide !== null) return { text: wide, encoding: 'UTF-16', strangeLine: null }
  const text = utf8Of(buffer)
  if (text !== null) return { text, encoding: 'UTF-8', strangeLine: null }
  const narrow = buffer.toString('latin1').replace(/[\x80-\x9f]/g, (one) => WINDOWS_1252[one.charCodeAt(0) - 0x80]!)
  return { text: narrow, encoding: 'Windows-1252', strangeLine: strangeLineOf(buffer) }
}

/** Null where a byte is not UTF-8. The mark is dropped. */
function utf8Of(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

function utf16Of(bytes: Buffer): string | null {
  const isLittle = bytes[0] === 0xff && bytes[1] === 0xfe
  const isBig = bytes[0] === 0xfe && bytes[1] === 0xff
  const order = isLittle ? 'little' : isBig ? 'big' : unmarkedOrder(bytes)
  if (order === null) return null
  const even = Buffer.from(bytes.subarray(isLittle || isBig ? 2 : 0, bytes.length - (bytes.length % 2)))
  return (order === 'big' ? even.swap16() : even).toString('utf16le')
}

/** Western text in UTF-16 has a zero in every other byte, and UTF-8 has none at all. */
function unmarkedOrder(bytes: Buffer): 'little' | 'big' | null {
  const looked = bytes.subarray(0, LOOKED_AT)
  const zeros = [0, 0]
  looked.forEach((byte, at) => (zeros[at % 2]! += Number(byte === 0)))
  const enough = looked.length / 4
  if (zeros[1]! > enough && zeros[0] === 0) return 'little'
  return zeros[0]! > enough && zeros[1] === 0 ? 'big' : null
}

function strangeLineOf(bytes: Buffer): number {
  let [line, start] = [1, 0]
  for (;;) {
    const end = bytes.indexOf(0x0a, start)
    if (end < 0 || utf8Of(bytes.subarray(start, end)) === null) return line
    line++
    start = end + 1
  }
}

/** Any text file, decoded. @throws AppError as `readWhole`: `not-found`, `invalid-input` */
export async function readTextFile(
  place: string,
  { what, maxBytes = MAX_BYTES }: TextFileOptions,
): Promise<DecodedText> {
  return decodeText(await readWhole(place, { what, maxBytes }))
}

/**
 * A UTF-8 or UTF-16 file for commands, which do one thing at a time. Other encodings are refused with the line, because a wrong
 * letter in a name would be looked for in vain. @throws AppError as `readTextFile`
 */
export function readUnicodeSync(place: string, { what, maxBytes = MAX_BYTES }: TextFileOptions): string {
  const { text, strangeLine } = decodeText(readWholeSync(place, { what, maxBytes }))
  if (strangeLine === null) return text
  throw new AppError(
    'invalid-input',
    `${place} is not UTF-8 text: line ${strangeLine} has bytes of another encoding.`,
    'Save it as UTF-8.',
  )
}
