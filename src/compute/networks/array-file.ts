// One file of named float32 arrays with a JSON header: checkpoints and weights. A file under its final name is whole; the hash at
// its end still finds what a disk damaged later.
//
//   8 bytes  "GPTNASW1"
//   4 bytes  header length, little endian
//   header   JSON { meta, arrays: [{ name, shape }] }
//   data     float32 little endian, arrays in the header's order
//   32 bytes SHA-256 of everything before
import { createHash } from 'node:crypto'
import { lstat } from 'node:fs/promises'
import { AppError } from '@shared/errors'
import { MIB } from '@shared/units'
import { z } from 'zod'
import { fill, openToRead, type OpenFile } from '@node/read-file'
import { writeFileWhole } from '@node/whole-file'
import { isMemoryRefusal } from '@node/memory-refusal'
import { elementCount } from '@shared/element-count'
import type { NamedArray } from './weights'

const MAGIC = Buffer.from('GPTNASW1', 'latin1')
const HASH_BYTES = 32
const START_BYTES = MAGIC.length + 4
/** EfficientNet-B7's has 0.2 MB, a checkpoint with ten thousand epochs 2 MB. */
const MAX_HEADER_BYTES = 64 * MIB
const WHAT = 'file of weights'

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

/** What is wrong with a file of arrays, in words. */
class NoArrays extends Error {}

interface Head extends z.infer<typeof headerSchema> {
  /** Where the data begin. */
  readonly dataStart: number
}

/** Of a file that begins as one; what follows the header is not looked at, except for its length. @throws NoArrays */
async function readHead({ handle, size }: OpenFile): Promise<Head> {
  const start = Buffer.alloc(START_BYTES)
  if ((await fill(handle, start, 0)) < START_BYTES || !start.subarray(0, MAGIC.length).equals(MAGIC))
    throw new NoArrays('it is not a weights file of this program')
  const length = start.readUInt32LE(MAGIC.length)
  const dataStart = START_BYTES + length
  if (length > MAX_HEADER_BYTES || dataStart + HASH_BYTES > size)
    throw new NoArrays(`its header should have ${length} bytes, it is cut short or damaged`)
  const header = Buffer.alloc(length)
  await fill(handle, header, START_BYTES)
  const parsed = headerSchema.safeParse(jsonOf(header.toString('utf8')))
  if (!parsed.success) throw new NoArrays('its header cannot be read, it is damaged')
  return { ...parsed.data, dataStart }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // no header
  }
}

/**
 * What a file says of itself, without its arrays; whether it is whole is not looked at.
 * @returns its `meta`; undefined for anything but a file that begins as one of this program
 */
export async function readArrayMeta(path: string): Promise<ArrayFile['meta'] | undefined> {
  const info = await lstat(path).catch(() => undefined)
  if (info?.isFile() !== true) return undefined
  const file = await openToRead(path, { what: WHAT })
  try {
    return (await readHead(file)).meta
  } catch {
    return undefined // begins as one, and goes on as none
  } finally {
    await file.handle.close()
  }
}

/**
 * The size of the file is compared with what its header announces before its arrays are read.
 * @throws AppError `storage-failed` when the file is missing, cut short, damaged or of another format, saying which.
 */
export async function readArrayFile(path: string): Promise<ArrayFile> {
  let file: OpenFile | undefined
  try {
    file = await openToRead(path, { what: WHAT })
    return await readArrays(file, await readHead(file))
  } catch (cause) {
    // The file may be whole: nobody may start over because of it.
    if (isMemoryRefusal(cause)) throw cause
    const why = cause instanceof Error ? cause.message.replace(/\.$/, '') : String(cause)
    throw new AppError(
      'storage-failed',
      `${path} cannot be used: ${why}.`,
      'Train again, or use an earlier checkpoint.',
      { cause },
    )
  } finally {
    await file?.handle.close()
  }
}

async function readArrays({ handle, size }: OpenFile, { meta, arrays, dataStart }: Head): Promise<ArrayFile> {
  const expected = arrays.reduce((sum, { shape }) => sum + elementCount(shape) * 4, dataStart + HASH_BYTES)
  if (size !== expected)
    throw new NoArrays(`it has ${size} bytes, its header announces ${expected}: it is cut short or damaged`)
  const file = Buffer.allocUnsafe(size)
  const end = (await fill(handle, file, 0)) - HASH_BYTES
  const digest = createHash('sha256').update(file.subarray(0, end)).digest()
  if (end + HASH_BYTES !== size || !digest.equals(file.subarray(end)))
    throw new NoArrays('its content does not match its SHA-256, it is damaged')
  let offset = dataStart
  const read = arrays.map(({ name, shape }): NamedArray => {
    // A copy, because a view would need an offset that is a multiple of four and would keep the whole file in memory.
    const values = new Float32Array(elementCount(shape))
    bytesOf(values).set(file.subarray(offset, offset + values.byteLength))
    offset += values.byteLength
    return { name, shape, values }
  })
  return { meta, arrays: read, sha256: createHash('sha256').update(file).digest('hex') }
}
