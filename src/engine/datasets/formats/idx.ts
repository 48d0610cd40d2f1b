// Reads IDX files (MNIST, Fashion-MNIST), gzipped or not, as a stream: a short header, then bytes.
// Source: Y. LeCun, "The MNIST database", file formats.
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { readInPieces } from '@node/read-file'
import { damagedFile } from '../importers/damaged'
import { wholeRecords } from './records'

/** Third byte of the magic number: unsigned bytes, the only type these data sets use. */
const UNSIGNED_BYTE = 0x08

export interface IdxFile {
  readonly sizes: readonly number[]
  /** The content, exactly as long as the sizes say, in pieces that hold whole records of `recordBytes`. */
  readonly records: (recordBytes: number) => AsyncGenerator<Buffer>
}

/**
 * Reads the header of `file`, which must have `dimensions` sizes.
 * @param name for messages @throws AppError `dataset-damaged`
 */
export async function openIdx(file: string, name: string, dimensions: number): Promise<IdxFile> {
  const headerBytes = 4 + 4 * dimensions
  const pieces = readPieces(file, name)
  let header = Buffer.alloc(0)
  for await (const piece of pieces) {
    header = Buffer.concat([header, piece.subarray(0, headerBytes - header.length)])
    if (header.length === headerBytes) break
  }
  if (header.length < headerBytes) throw damagedFile(name, 'it ends inside its header')
  if (header.readUInt16BE(0) !== 0 || header[2] !== UNSIGNED_BYTE || header[3] !== dimensions) {
    const expected = `0000 08 0${dimensions}`
    throw damagedFile(
      name,
      `it should begin with the magic number ${expected}, it begins with ${header.toString('hex', 0, 4)}`,
    )
  }
  const sizes = Array.from({ length: dimensions }, (_, index) => header.readUInt32BE(4 + 4 * index))
  const total = sizes.reduce((product, size) => product * size, 1)
  return { sizes, records: (recordBytes) => wholeRecords(content(file, name, headerBytes, total), recordBytes) }
}

async function* content(file: string, name: string, skip: number, total: number): AsyncGenerator<Buffer> {
  let toSkip = skip
  let seen = 0
  for await (const piece of readPieces(file, name)) {
    const kept = piece.subarray(Math.min(toSkip, piece.length))
    toSkip -= piece.length - kept.length
    seen += kept.length
    if (seen > total) throw damagedFile(name, `it goes on after the ${total} bytes that its header announces`)
    if (kept.length > 0) yield kept
  }
  if (seen < total) throw damagedFile(name, `its header announces ${total} bytes, it has ${seen}`)
}

async function* readPieces(file: string, name: string): AsyncGenerator<Buffer> {
  const unzipped = new PassThrough()
  const steps = /\.gz$/i.test(file)
    ? pipeline(readInPieces(file, { what: 'IDX file' }), createGunzip(), unzipped)
    : pipeline(readInPieces(file, { what: 'IDX file' }), unzipped)
  // Its failure reaches the reader through `unzipped`, which the pipeline destroys with the error.
  steps.catch(() => undefined)
  try {
    for await (const piece of unzipped) yield piece as Buffer
  } catch (thrown) {
    throw damagedFile(name, thrown instanceof Error ? thrown.message : String(thrown), thrown)
  } finally {
    unzipped.destroy()
  }
}
