// The one way to read text that people bring: marks at the beginning dropped, UTF-16 decoded, what is not UTF-8 told or decoded, and
// the file looked at before it is read, so that a pipe does not hang and a device does not fill the memory.
import { constants, closeSync, fstatSync, openSync, readFileSync, type Stats } from 'node:fs'
import { open } from 'node:fs/promises'
import { AppError } from '@shared/errors'
import { errorCode } from './file-error'

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

/** Nothing waits where a pipe has no writer. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/**
 * Any text file, decoded. @throws AppError `not-found` when there is none, `invalid-input` when it is no file, too large or cannot be
 * read
 */
export async function readTextFile(place: string, options: TextFileOptions): Promise<DecodedText> {
  try {
    const handle = await open(place, FLAGS)
    try {
      refuseStrange(place, await handle.stat(), options)
      return decodeText(await handle.readFile())
    } finally {
      await handle.close()
    }
  } catch (cause) {
    throw unreadable(place, options, cause)
  }
}

/**
 * A UTF-8 or UTF-16 file for commands, which do one thing at a time. Other encodings are refused with the line, because a wrong
 * letter in a name would be looked for in vain. @throws AppError as `readTextFile`
 */
export function readUnicodeSync(place: string, options: TextFileOptions): string {
  try {
    const file = openSync(place, FLAGS)
    try {
      refuseStrange(place, fstatSync(file), options)
      const { text, strangeLine } = decodeText(readFileSync(file))
      if (strangeLine === null) return text
      throw new AppError(
        'invalid-input',
        `${place} is not UTF-8 text: line ${strangeLine} has bytes of another encoding.`,
        'Save it as UTF-8.',
      )
    } finally {
      closeSync(file)
    }
  } catch (cause) {
    throw unreadable(place, options, cause)
  }
}

function refuseStrange(place: string, info: Stats, { what, maxBytes = MAX_BYTES }: TextFileOptions): void {
  if (!info.isFile())
    throw new AppError('invalid-input', `${place} is no file: a ${what} was expected.`, 'Name a file.')
  if (info.size > maxBytes)
    throw new AppError(
      'invalid-input',
      `${place} has ${info.size} bytes: a ${what} has at most ${maxBytes}.`,
      'Check that it is the right file.',
    )
}

function unreadable(place: string, { what }: TextFileOptions, cause: unknown): AppError {
  if (cause instanceof AppError) return cause
  if (errorCode(cause) === 'ENOENT')
    return new AppError('not-found', `There is no ${what} ${place}.`, 'Check the name and the folder.', { cause })
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new AppError('invalid-input', `${place} cannot be read: ${reason}.`, 'Name a file that you may read.', {
    cause,
  })
}
