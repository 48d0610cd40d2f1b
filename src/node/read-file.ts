// The one door for reading files: each is looked at before anything of it is read, so that a pipe does not hang, a device does not fill
// the memory and a file far too large is refused by its size. What the bytes mean is the caller's; text is text-file.ts's.
import { closeSync, constants, fstatSync, openSync, readSync, statSync, type Stats } from 'node:fs'
import { open, stat, type FileHandle } from 'node:fs/promises'
import { AppError } from '@shared/errors'
import { readableBytes } from '@shared/units'
import { refuseCancelled } from './cancel'
import { kindOfEntry } from './entry-kind'
import { errorCode, fileError } from './file-error'
import { isMemoryRefusal } from './memory-refusal'

export interface ReadOptions {
  /** What the file is, for messages: "space file". */
  readonly what: string
  /** Larger files are refused. Left out where the file is read in pieces, or may be as large as the disk. */
  readonly maxBytes?: number
}

/** A file that is one, open for reading. */
export interface OpenFile {
  /** The caller closes it. */
  readonly handle: FileHandle
  /** Bytes it had when it was opened; what is written to it later is not read. */
  readonly size: number
}

/** Nothing waits where a pipe has no writer, should one take the place of the file between looking and opening. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)
/** Bytes of a piece: few calls, and little memory beside what is done with it. */
const PIECE = 256 * 1024

/**
 * @returns an ordinary file, open; links are followed
 * @throws AppError `not-found` when there is none, `invalid-input` for a folder, pipe, socket or device, for a file that is larger than it
 *   may be, one of the system without a size, and one that
 *   cannot be read; `storage-failed` for a disk that fails. Memory that the system refuses is thrown as it comes.
 */
export async function openToRead(place: string, options: ReadOptions): Promise<OpenFile> {
  let handle: FileHandle | undefined
  try {
    // Before it is opened, too: opening a device may already do something.
    refuseUnlessRead(place, await stat(place), options)
    handle = await open(place, FLAGS)
    const info = await handle.stat()
    refuseUnlessRead(place, info, options)
    if (info.size === 0 && (await handle.read(Buffer.alloc(1), 0, 1, 0)).bytesRead > 0)
      throw withoutSize(place, options)
    return { handle, size: info.size }
  } catch (thrown) {
    await handle?.close()
    throw unreadable(place, options, thrown)
  }
}

/** The whole file. @throws as `openToRead` */
export async function readWhole(place: string, options: ReadOptions & { readonly maxBytes: number }): Promise<Buffer> {
  const { handle, size } = await openToRead(place, options)
  try {
    const bytes = Buffer.allocUnsafe(size)
    return bytes.subarray(0, await fill(handle, bytes, 0))
  } catch (thrown) {
    throw unreadable(place, options, thrown)
  } finally {
    await handle.close()
  }
}

/** As `readWhole`, for who cannot wait: a command that does one thing at a time, a start. */
export function readWholeSync(place: string, options: ReadOptions & { readonly maxBytes: number }): Buffer {
  let file: number | undefined
  try {
    refuseUnlessRead(place, statSync(place), options)
    file = openSync(place, FLAGS)
    const info = fstatSync(file)
    refuseUnlessRead(place, info, options)
    if (info.size === 0 && readSync(file, Buffer.alloc(1), 0, 1, 0) > 0) throw withoutSize(place, options)
    const bytes = Buffer.allocUnsafe(info.size)
    let filled = 0
    for (let more = -1; more !== 0 && filled < bytes.length; filled += more)
      more = readSync(file, bytes, filled, bytes.length - filled, filled)
    return bytes.subarray(0, filled)
  } catch (thrown) {
    throw unreadable(place, options, thrown)
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/**
 * A part of a file, for who cannot wait.
 * @param length all that follows where it is left out
 * @throws as `openToRead`; `invalid-input` also where the file ends before
 */
export function readPartSync(
  place: string,
  options: ReadOptions & { readonly maxBytes: number },
  offset: number,
  length?: number,
): Buffer {
  let file: number | undefined
  try {
    refuseUnlessRead(place, statSync(place), options)
    file = openSync(place, FLAGS)
    const info = fstatSync(file)
    refuseUnlessRead(place, info, options)
    const wanted = length ?? info.size - offset
    if (wanted < 0 || offset + wanted > info.size) throw tooShort(place, info.size, offset, Math.max(wanted, 0))
    const bytes = Buffer.allocUnsafe(wanted)
    let filled = 0
    for (let more = -1; more !== 0 && filled < wanted; filled += more)
      more = readSync(file, bytes, filled, wanted - filled, offset + filled)
    if (filled < wanted) throw tooShort(place, offset + filled, offset, wanted)
    return bytes
  } catch (thrown) {
    throw unreadable(place, options, thrown)
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

const tooShort = (place: string, size: number, offset: number, wanted: number): AppError =>
  new AppError(
    'invalid-input',
    `${place} has ${size} bytes: ${wanted} from ${offset} on were expected.`,
    'It is cut short, or belongs to another file.',
  )

/** Fills `bytes` from `position` on, as far as the file goes. @returns how many there were; what the file system throws */
export async function fill(handle: FileHandle, bytes: Uint8Array, position: number): Promise<number> {
  let filled = 0
  while (filled < bytes.length) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return filled
}

/**
 * The file in order, in pieces that nobody writes to again; nothing is opened before the first is asked for, and it is closed also
 * where whoever asks stops early.
 * @param options `pieceBytes` is the size of all but the last
 * @throws as `openToRead`
 */
export async function* readInPieces(
  place: string,
  options: ReadOptions & { readonly pieceBytes?: number; readonly signal?: AbortSignal | undefined },
): AsyncGenerator<Buffer> {
  const { pieceBytes = PIECE, signal } = options
  const { handle, size } = await openToRead(place, options)
  try {
    for (let at = 0; at < size; at += pieceBytes) {
      refuseCancelled(signal)
      const piece = Buffer.allocUnsafe(Math.min(pieceBytes, size - at))
      const filled = await fill(handle, piece, at)
      if (filled > 0) yield piece.subarray(0, filled)
      if (filled < piece.length) return // cut short while it was read
    }
  } catch (thrown) {
    throw unreadable(place, options, thrown)
  } finally {
    await handle.close()
  }
}

/** Whether `thrown` says that there is no such file. */
export const isMissing = (thrown: unknown): boolean => thrown instanceof AppError && thrown.code === 'not-found'

/** With its article: "an archive", "a table". */
const aOf = (what: string): string => `${/^[aeiou]|^(IDX|ONNX)/i.test(what) ? 'an' : 'a'} ${what}`

function refuseUnlessRead(place: string, info: Stats, { what, maxBytes = Infinity }: ReadOptions): void {
  if (!info.isFile())
    throw new AppError(
      'invalid-input',
      `${place} is ${kindOfEntry(info)}: ${aOf(what)} was expected.`,
      'Name an ordinary file.',
    )
  if (info.size > maxBytes)
    throw new AppError(
      'invalid-input',
      `${place} is too large: ${aOf(what)} has at most ${readableBytes(maxBytes)}, this file has ${readableBytes(info.size)}.`,
      'Check that it is the right file.',
    )
}

function withoutSize(place: string, { what }: ReadOptions): AppError {
  return new AppError(
    'invalid-input',
    `${place} is a file of the system, which does not say how large it is: ${aOf(what)} was expected.`,
    'Copy its content into an ordinary file, and name that.',
  )
}

function unreadable(place: string, { what }: ReadOptions, cause: unknown): unknown {
  // The file may be as it should be: nobody may take it for a damaged one.
  if (cause instanceof AppError || isMemoryRefusal(cause)) return cause
  const code = errorCode(cause)
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new AppError('not-found', `There is no ${what} ${place}.`, 'Check the name and the folder.', { cause })
  if (code === 'ELOOP')
    return new AppError('invalid-input', `${place} is a link that leads to itself.`, 'Name an ordinary file.', {
      cause,
    })
  const isForbidden = code === 'EACCES' || code === 'EPERM'
  const failure = isForbidden ? cause : fileError(`read ${place}`, cause)
  if (failure instanceof AppError) return failure
  const reason = isForbidden ? 'you have no permission' : cause instanceof Error ? cause.message : String(cause)
  return new AppError('invalid-input', `${place} cannot be read: ${reason}.`, 'Name a file that you may read.', {
    cause,
  })
}
