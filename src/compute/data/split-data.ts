// Reads one split of a prepared data set: raw uint8 pixels and labels, and the index files that say which rows count.
// Preparing and hashing data sets is the engine's; here a file of the wrong size or an index out of range is refused.
import type { FileHandle } from 'node:fs/promises'
import type { SplitFiles } from '@shared/contract/compute'
import { AppError } from '@shared/errors'
import { MIB } from '@shared/units'
import { isMemoryRefusal } from '@node/memory-refusal'
import { openToRead, readWhole } from '@node/read-file'

export interface SplitRows {
  readonly count: number
  /** `[height, width, channels]` */
  readonly shape: readonly [number, number, number]
  readonly classes: number
  /** `[count, height, width, channels]` */
  readonly images: Uint8Array
  /** `[count]`, each below `classes`; two bytes each in the file where there are more than 256 classes. */
  readonly labels: Uint8Array | Uint16Array
}

export const damaged = (message: string, cause?: unknown): AppError =>
  new AppError('dataset-damaged', message, 'Check the data set and prepare it again.', { cause })

/** ImageNet's train split has 1.28 million images: a hundred times as many. */
const MAX_ROWS_BYTES = 512 * MIB

async function readPart(path: string, what: string): Promise<Buffer> {
  try {
    return await readWhole(path, { what, maxBytes: MAX_ROWS_BYTES })
  } catch (cause) {
    throw asDamaged(path, cause)
  }
}

function asDamaged(path: string, cause: unknown): unknown {
  if (isMemoryRefusal(cause)) return cause
  return damaged(`Could not read ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, cause)
}

/** Indices as int32 little endian. @throws AppError `dataset-damaged` */
export async function readIndices(path: string): Promise<Int32Array> {
  const bytes = await readPart(path, 'list of rows')
  if (bytes.length % 4 !== 0) throw damaged(`${path} must hold whole int32 numbers, it has ${bytes.length} bytes.`)
  // A copy, because a view would need an offset that is a multiple of four; little endian on every machine TensorFlow runs on.
  const indices = new Int32Array(bytes.length / 4)
  Buffer.from(indices.buffer).set(bytes)
  return indices
}

/** A read call costs about as much as copying so many bytes (54 µs): a smaller gap between two rows is read as well. */
const LARGEST_GAP = 64 * 1024
/** One buffer for all reads; a larger row has a buffer of its own size. */
const WINDOW_BYTES = 4 * MIB

interface Window {
  /** Positions in the result, in ascending order of their rows. */
  readonly positions: readonly number[]
  readonly first: number
  readonly last: number
}

/** Wanted rows in ascending order, grouped into stretches of the file that are worth one read. */
function windowsOf(rows: readonly number[] | Int32Array, rowBytes: number): Window[] {
  const order = Array.from(rows, (_, position) => position).sort((a, b) => rows[a]! - rows[b]!)
  const windows: { positions: number[]; first: number; last: number }[] = []
  for (const position of order) {
    const row = rows[position]!
    const open = windows[windows.length - 1]
    const fits = open && (row - open.first + 1) * rowBytes <= WINDOW_BYTES
    if (fits && (row - open.last - 1) * rowBytes <= LARGEST_GAP) {
      open.positions.push(position)
      open.last = row
    } else windows.push({ positions: [position], first: row, last: row })
  }
  return windows
}

/** Bytes of one image. */
export const rowBytesOf = ({ shape }: Pick<SplitFiles, 'shape'>): number => shape[0] * shape[1] * shape[2]

/** The file of all pixels, of the size it must have; the caller closes it. @throws AppError `dataset-damaged` */
export async function openImages(data: SplitFiles): Promise<FileHandle> {
  const expected = data.count * rowBytesOf(data)
  const { handle, size } = await openToRead(data.images, { what: 'file of images' }).catch((thrown: unknown) => {
    throw asDamaged(data.images, thrown)
  })
  if (size === expected) return handle
  await handle.close()
  throw damaged(
    `${data.images} must have ${expected} bytes (${data.count} images of ${data.shape.join('x')}), it has ${size}.`,
  )
}

/** The pixels of `rows`, read in ascending order so that a shuffled subset costs few reads, and a sparse one only its own size. */
async function readImages(data: SplitFiles, rows: readonly number[] | Int32Array): Promise<Uint8Array> {
  const rowBytes = rowBytesOf(data)
  const images = new Uint8Array(rows.length * rowBytes)
  const file = await openImages(data)
  try {
    const buffer = new Uint8Array(Math.max(WINDOW_BYTES, rowBytes))
    for (const { positions, first, last } of windowsOf(rows, rowBytes)) {
      const length = (last - first + 1) * rowBytes
      const { bytesRead } = await file.read(buffer, 0, length, first * rowBytes)
      if (bytesRead !== length)
        throw damaged(`${data.images} ended ${length - bytesRead} bytes early while it was read.`)
      for (const position of positions) {
        const start = (rows[position]! - first) * rowBytes
        images.set(buffer.subarray(start, start + rowBytes), position * rowBytes)
      }
    }
  } finally {
    await file.close()
  }
  return images
}

async function labelsOf(data: SplitFiles, rows: readonly number[] | Int32Array): Promise<Uint8Array | Uint16Array> {
  const bytes = await readPart(data.labels, 'file of labels')
  const width = data.classes > 256 ? 2 : 1
  if (bytes.length !== data.count * width)
    throw damaged(
      `${data.labels} must have ${data.count * width} bytes, ${width} for each image's label; it has ${bytes.length}.`,
    )
  if (width === 1) return Uint8Array.from(rows, (row) => bytes[row]!)
  return Uint16Array.from(rows, (row) => bytes.readUInt16LE(row * 2))
}

/**
 * The labels of the chosen rows, in the order of `rows`.
 * @throws AppError `dataset-damaged` when the file has the wrong size, an index is out of range or a label names no class
 */
export async function readLabels(
  data: SplitFiles,
  rows: readonly number[] | Int32Array,
): Promise<Uint8Array | Uint16Array> {
  for (const row of rows)
    if (!Number.isInteger(row) || row < 0 || row >= data.count)
      throw damaged(`Image ${row} was asked for, the split has images 0 to ${data.count - 1}.`)
  const labels = await labelsOf(data, rows)
  const wrong = labels.findIndex((label) => label >= data.classes)
  if (wrong >= 0)
    throw damaged(`Image ${rows[wrong]} has label ${labels[wrong]}, the data set has classes 0 to ${data.classes - 1}.`)
  return labels
}

/** The chosen rows, in the order of `rows`. @throws AppError `dataset-damaged`, as `readLabels`, and for pixels that cannot be read */
export async function readRows(data: SplitFiles, rows: readonly number[] | Int32Array): Promise<SplitRows> {
  const labels = await readLabels(data, rows)
  const images = await readImages(data, rows)
  return { count: rows.length, shape: data.shape, classes: data.classes, images, labels }
}
