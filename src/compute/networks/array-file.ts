// One file of named float32 arrays with a JSON header: checkpoints and weights. A file under its final name is whole; the hash at
// its end still finds what a disk damaged later.
//
//   8 bytes  "GPTNASW1"
//   4 bytes  header length, little endian
//   header   JSON { meta, arrays: [{ name, shape }] }
//   data     float32 little endian, arrays in the header's order
//   32 bytes SHA-256 of everything before
import { createHash } from 'node:crypto'
import { lstat, open, readFile } from 'node:fs/promises'
import { AppError } from '@shared/errors'
import { z } from 'zod'
import { sizeOf, type NamedArray } from './weights'
import { writeFileWhole } from '@node/whole-file'
import { isMemoryRefusal } from '@node/memory-refusal'

const MAGIC = Buffer.from('GPTNASW1', 'latin1')
const HASH_BYTES = 32

const headerSchema = z.object({
  meta: z.record(z.string(), z.unknown()),
  arrays: z.array(z.object({ name: z.string(), shape: z.array(z.number().int().min(0)) })),
})

export interface ArrayFile {
  readonly meta: Readonly<Record<string, unknown>>
  readonly arrays: readonly NamedArray[]
  /** Hexadecimal, of the file as a whole. */
  readonly sha256: string
}

/** The bytes of `values` as they lie in memory; little endian on every machine TensorFlow runs on. */
function bytesOf(values: Float32Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength)
}

/** Writes `path` atomically. @returns SHA-256 of the file, hexadecimal. @throws AppError `storage-failed` */
export async function writeArrayFile(
  path: string,
  meta: Readonly<Record<string, unknown>>,
  arrays: readonly NamedArray[],
): Promise<string> {
  const header = Buffer.from(JSON.stringify({ meta, arrays: arrays.map(({ name, shape }) => ({ name, shape })) }))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(header.length)
  const parts = [MAGIC, length, header, ...arrays.map(({ values }) => bytesOf(values))]
  const inner = createHash('sha256')
  for (const part of parts) inner.update(part)
  const whole = inner.copy()
  const digest = inner.digest()
  await writeFileWhole(path, [...parts, digest])
  return whole.update(digest).digest('hex')
}

/**
 * What a file says of itself, without its arrays; whether it is whole is not looked at.
 * @returns its `meta`; undefined for anything but a file that begins as one of this program
 */
export async function readArrayMeta(path: string): Promise<ArrayFile['meta'] | undefined> {
  const info = await lstat(path).catch(() => undefined)
  if (info?.isFile() !== true) return undefined
  const handle = await open(path, 'r')
  try {
    const start = Buffer.alloc(MAGIC.length + 4)
    const { bytesRead } = await handle.read(start, 0, start.length, 0)
    if (bytesRead < start.length || !start.subarray(0, MAGIC.length).equals(MAGIC)) return undefined
    const header = Buffer.alloc(Math.min(start.readUInt32LE(MAGIC.length), info.size))
    await handle.read(header, 0, header.length, start.length)
    return headerSchema.parse(JSON.parse(header.toString('utf8'))).meta
  } catch {
    return undefined // begins as one, and goes on as none
  } finally {
    await handle.close()
  }
}

/** @throws AppError `storage-failed` when the file is missing, cut short, damaged or of another format, saying which. */
export async function readArrayFile(path: string): Promise<ArrayFile> {
  const refuse = (why: string, cause?: unknown): AppError =>
    new AppError('storage-failed', `${path} cannot be used: ${why}.`, 'Train again, or use an earlier checkpoint.', {
      cause,
    })
  let file: Buffer
  try {
    file = await readFile(path)
  } catch (cause) {
    // The file may be whole: nobody may start over because of it.
    if (isMemoryRefusal(cause)) throw cause
    throw refuse(cause instanceof Error ? cause.message : String(cause), cause)
  }
  const start = MAGIC.length + 4
  if (file.length < start + HASH_BYTES || !file.subarray(0, MAGIC.length).equals(MAGIC))
    throw refuse('it is not a weights file of this program')
  const end = file.length - HASH_BYTES
  const digest = createHash('sha256').update(file.subarray(0, end)).digest()
  if (!digest.equals(file.subarray(end)))
    throw refuse('its content does not match its SHA-256, it is cut short or damaged')
  const dataStart = start + file.readUInt32LE(MAGIC.length)
  const header = headerSchema.parse(JSON.parse(file.toString('utf8', start, dataStart)))
  let offset = dataStart
  const arrays = header.arrays.map(({ name, shape }): NamedArray => {
    const bytes = sizeOf(shape) * 4
    if (offset + bytes > end) throw refuse(`it holds less data than ${name} needs`)
    // A copy, because a view would need an offset that is a multiple of four and would keep the whole file in memory.
    const values = new Float32Array(sizeOf(shape))
    bytesOf(values).set(file.subarray(offset, offset + bytes))
    offset += bytes
    return { name, shape, values }
  })
  if (offset !== end) throw refuse(`${end - offset} bytes more than its arrays need`)
  return { meta: header.meta, arrays, sha256: createHash('sha256').update(file).digest('hex') }
}
