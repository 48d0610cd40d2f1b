// Reads a tar archive, gzipped or not, as a stream. Strict: a bad checksum, an odd size or a missing end is an error. Names are
// as the archive has them (ustar, GNU long names, pax); callers pick the entries they know or check the names.
import { pipeline } from 'node:stream/promises'
import { PassThrough } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { AppError } from '@shared/errors'
import { readInPieces } from './read-file'

const BLOCK_BYTES = 512
/** Of a header that describes the next entry: GNU long names and pax records are far below. */
const MAX_EXTENSION_BYTES = 64 * 1024

export interface TarEntry {
  /** Name as the archive has it; not to be used as a path. */
  readonly name: string
  readonly sizeBytes: number
  readonly isFile: boolean
  readonly isFolder: boolean
  /** The content; what is not read is skipped when the next entry is asked for. */
  readonly content: AsyncIterable<Buffer>
}

/** Reads exact numbers of bytes from pieces of any size. */
class ByteReader {
  private readonly pieces: AsyncIterator<Buffer>
  private rest: Buffer = Buffer.alloc(0)

  constructor(source: AsyncIterable<Buffer>) {
    this.pieces = source[Symbol.asyncIterator]()
  }

  /** Between 1 and `limit` bytes; an empty buffer at the end. */
  async some(limit: number): Promise<Buffer> {
    while (this.rest.length === 0) {
      const next = await this.pieces.next().catch((thrown: unknown) => {
        // Not an archive, or one that ends early: told by the unzipper.
        throw damaged(thrown instanceof Error ? thrown.message : String(thrown), thrown)
      })
      if (next.done === true) return this.rest
      this.rest = next.value
    }
    const taken = this.rest.subarray(0, limit)
    this.rest = this.rest.subarray(taken.length)
    return taken
  }

  async exactly(count: number): Promise<Buffer> {
    const pieces: Buffer[] = []
    for (let missing = count; missing > 0;) {
      const piece = await this.some(missing)
      if (piece.length === 0) throw damaged('it ends too early')
      pieces.push(piece)
      missing -= piece.length
    }
    return Buffer.concat(pieces)
  }

  async skip(count: number): Promise<void> {
    for (let missing = count; missing > 0;) {
      const piece = await this.some(missing)
      if (piece.length === 0) throw damaged('it ends too early')
      missing -= piece.length
    }
  }
}

/**
 * The entries of `file` in order.
 * @throws AppError `dataset-damaged` when the archive is not a whole, well-formed tar.gz.
 */
export async function* readTarGz(file: string, signal?: AbortSignal): AsyncGenerator<TarEntry> {
  const unzipped = new PassThrough()
  // Its failure reaches the reader through `unzipped`, which the pipeline destroys with the error.
  pipeline(readInPieces(file, { what: 'archive', signal }), createGunzip(), unzipped, { signal }).catch(() => undefined)
  try {
    yield* readEntries(new ByteReader(unzipped as AsyncIterable<Buffer>))
  } finally {
    unzipped.destroy()
  }
}

/** The same for an archive that is not gzipped. */
export async function* readPlainTar(file: string, signal?: AbortSignal): AsyncGenerator<TarEntry> {
  const pieces = readInPieces(file, { what: 'archive', signal })
  try {
    yield* readEntries(new ByteReader(pieces))
  } finally {
    await pieces.return(undefined)
  }
}

async function* readEntries(reader: ByteReader): AsyncGenerator<TarEntry> {
  // What a header before this one says of its name.
  let longName: string | undefined
  for (;;) {
    const header = await reader.exactly(BLOCK_BYTES)
    // The archive ends with two blocks of zeros.
    if (header.every((byte) => byte === 0)) return
    const sizeBytes = readOctal(header, 124, 12)
    if (checksum(header) !== readOctal(header, 148, 8)) throw damaged('a header has a wrong checksum')
    let unread = sizeBytes
    async function* content(): AsyncGenerator<Buffer> {
      while (unread > 0) {
        const piece = await reader.some(unread)
        if (piece.length === 0) throw damaged('it ends inside a file')
        unread -= piece.length
        yield piece
      }
    }
    const type = String.fromCharCode(header[156]!)
    const padding = (BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES
    if (type === 'L' || type === 'x') {
      if (sizeBytes > MAX_EXTENSION_BYTES) throw damaged(`a name takes ${sizeBytes} bytes`)
      const text = await reader.exactly(sizeBytes)
      longName = (type === 'L' ? text.toString('utf8').replace(/\0+$/, '') : paxPath(text)) ?? longName
      await reader.skip(padding)
      continue
    }
    const name = longName ?? readName(header)
    longName = undefined
    yield { name, sizeBytes, isFile: type === '0' || type === '\0', isFolder: type === '5', content: content() }
    await reader.skip(unread + padding)
  }
}

function readText(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length)
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end < 0 ? length : end)
}

function readName(header: Buffer): string {
  const prefix = readText(header, 257, 5) === 'ustar' ? readText(header, 345, 155) : ''
  const name = readText(header, 0, 100)
  return prefix === '' ? name : `${prefix}/${name}`
}

/** The `path` of a pax header: records are "LENGTH KEY=VALUE\\n" with the length in bytes (POSIX.1-2001, pax). */
function paxPath(records: Buffer): string | undefined {
  let found: string | undefined
  for (let at = 0; at < records.length;) {
    const space = records.indexOf(0x20, at)
    const length = Number.parseInt(records.toString('latin1', at, Math.max(at, space)), 10)
    if (!(length > space - at && at + length <= records.length)) throw damaged('a pax header cannot be read')
    const record = records.toString('utf8', space + 1, at + length - 1)
    if (record.startsWith('path=')) found = record.slice('path='.length)
    // A size here overrides the header's; only files above 8 GiB need one.
    if (record.startsWith('size=')) throw damaged('it holds a file of more than 8 GiB')
    at += length
  }
  return found
}

function readOctal(header: Buffer, start: number, length: number): number {
  const text = readText(header, start, length).trim()
  if (!/^[0-7]+$/.test(text)) throw damaged(`a header holds "${text}" where a number should be`)
  return Number.parseInt(text, 8)
}

/** Sum of the header's bytes with the checksum field itself read as spaces. */
function checksum(header: Buffer): number {
  let sum = 0
  for (let index = 0; index < BLOCK_BYTES; index++) sum += index >= 148 && index < 156 ? 32 : header[index]!
  return sum
}

function damaged(reason: string, cause?: unknown): AppError {
  return new AppError('dataset-damaged', `The archive is damaged: ${reason}.`, 'Fetch it again.', { cause })
}
