// Reads one split of a prepared data set: raw uint8 pixels and labels, and the index files that say which rows count.
// Preparing and hashing data sets is the engine's; here a file of the wrong size or an index out of range is refused.
import { open, readFile } from 'node:fs/promises'
import type { SplitFiles } from '@shared/contract/compute'
import { AppError } from '@shared/errors'

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

const damaged = (message: string, cause?: unknown): AppError =>
  new AppError('dataset-damaged', message, 'Check the data set and prepare it again.', { cause })

async function readWhole(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw damaged(`Could not read ${path}: ${cause instanceof Error ? cause.message : String(cause)}.`, cause)
  }
}

/** Indices as int32 little endian. @throws AppError `dataset-damaged` */
export async function readIndices(path: string): Promise<Int32Array> {
  const bytes = await readWhole(path)
  if (bytes.length % 4 !== 0) throw damaged(`${path} must hold whole int32 numbers, it has ${bytes.length} bytes.`)
  return Int32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readInt32LE(i * 4))
}

/** The pixels of `rows`, read row by row so that a subset of a large file costs only its own size. */
async function readImages(data: SplitFiles, rows: readonly number[] | Int32Array): Promise<Uint8Array> {
  const rowBytes = data.shape[0] * data.shape[1] * data.shape[2]
  const images = new Uint8Array(rows.length * rowBytes)
  let file
  try {
    file = await open(data.images, 'r')
  } catch (cause) {
    throw damaged(`Could not read ${data.images}: ${cause instanceof Error ? cause.message : String(cause)}.`, cause)
  }
  try {
    const { size } = await file.stat()
    if (size !== data.count * rowBytes)
      throw damaged(
        `${data.images} must have ${data.count * rowBytes} bytes (${data.count} images of ${data.shape.join('x')}), it has ${size}.`,
      )
    // Neighbouring rows are read in one go: a whole split is a single read, a shuffled subset at worst one per row.
    for (let from = 0; from < rows.length;) {
      let to = from + 1
      while (to < rows.length && rows[to] === rows[to - 1]! + 1) to++
      const length = (to - from) * rowBytes
      const { bytesRead } = await file.read(images, from * rowBytes, length, rows[from]! * rowBytes)
      if (bytesRead !== length)
        throw damaged(`${data.images} ended ${length - bytesRead} bytes early while it was read.`)
      from = to
    }
  } finally {
    await file.close()
  }
  return images
}

async function readLabels(data: SplitFiles, rows: readonly number[] | Int32Array): Promise<Uint8Array | Uint16Array> {
  const bytes = await readWhole(data.labels)
  const width = data.classes > 256 ? 2 : 1
  if (bytes.length !== data.count * width)
    throw damaged(
      `${data.labels} must have ${data.count * width} bytes, ${width} for each image's label; it has ${bytes.length}.`,
    )
  if (width === 1) return Uint8Array.from(rows, (row) => bytes[row]!)
  return Uint16Array.from(rows, (row) => bytes.readUInt16LE(row * 2))
}

/**
 * The chosen rows, in the order of `rows`.
 * @throws AppError `dataset-damaged` when a file has the wrong size, an index is out of range or a label names no class
 */
export async function readRows(data: SplitFiles, rows: readonly number[] | Int32Array): Promise<SplitRows> {
  for (const row of rows)
    if (!Number.isInteger(row) || row < 0 || row >= data.count)
      throw damaged(`Image ${row} was asked for, the split has images 0 to ${data.count - 1}.`)
  const labels = await readLabels(data, rows)
  const wrong = labels.findIndex((label) => label >= data.classes)
  if (wrong >= 0)
    throw damaged(`Image ${rows[wrong]} has label ${labels[wrong]}, the data set has classes 0 to ${data.classes - 1}.`)
  const images = await readImages(data, rows)
  return { count: rows.length, shape: data.shape, classes: data.classes, images, labels }
}
