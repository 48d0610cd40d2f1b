// A runtime as one file, for machines without a network: a plain tar of what is kept of each wheel, `N/NAME` for file NAME of the build's
// wheel N. Read again, every wheel must come to its pinned hash, so the archive need not be believed.
import path from 'node:path'
import { AppError } from '@shared/errors'
import type { TensorFlowBuild } from '@shared/runtime/tensorflow-builds'
import { refuseCancelled } from '@node/cancel'
import { readInPieces } from '@node/read-file'
import { readPlainTar, type TarEntry } from '@node/tar'
import { writeFileWhole } from '@node/whole-file'
import { keptPlace } from './layout'
import type { Manifest } from './manifest'
import type { PackedFile } from './unpack'

const HEADER = 'gptnas-runtime.json'
const FORMAT = 'gptnas-runtime-archive/1'
const BLOCK = 512
/** Of the first entry, which names the build. */
const MAX_HEADER_BYTES = 4096

export interface Archive {
  readonly id: string
  readonly version: string
}

/**
 * Writes a whole runtime into one file.
 * @param tell receives bytes done and in all
 * @throws AppError `storage-failed`, `cancelled`, `storage-damaged` where a file is not as it was installed
 */
export async function packRuntime(
  folder: string,
  build: TensorFlowBuild,
  manifest: Manifest,
  file: string,
  tell: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const header = Buffer.from(JSON.stringify({ format: FORMAT, id: build.id, version: build.version }))
  const parts = build.wheels.map((wheel, index) => ({
    index,
    stamp: manifest.wheels.find(({ sha256 }) => sha256 === wheel.sha256),
  }))
  const total = build.wheels.reduce((sum, { keptBytes }) => sum + keptBytes, 0)
  async function* pieces(): AsyncGenerator<Buffer> {
    yield* entry(HEADER, header.length, [header])
    let done = 0
    for (const { index, stamp } of parts) {
      for (const name of Object.keys(stamp?.entries ?? {})) {
        const place = keptPlace(name)
        const size = place === null ? undefined : stamp?.files[place]
        if (place === null || size === undefined) throw damaged(name)
        const content = readInPieces(path.join(folder, place), { what: 'file of the runtime', signal })
        for await (const piece of entry(`${index}/${name}`, size, content)) {
          refuseCancelled(signal)
          done += piece.length
          tell(Math.min(done, total), total)
          yield piece
        }
      }
    }
    yield Buffer.alloc(2 * BLOCK)
  }
  await writeFileWhole(file, pieces())
}

async function* entry(
  name: string,
  size: number,
  content: AsyncIterable<Buffer> | Iterable<Buffer>,
): AsyncGenerator<Buffer> {
  if (Buffer.byteLength(name) > 100) throw new RangeError(`The name ${name} is too long for a ustar header`)
  const header = Buffer.alloc(BLOCK)
  header.write(name, 0, 100, 'utf8')
  header.write('0000644\0', 100)
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  header.write('        ', 148)
  header.write('0', 156)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((all, byte) => all + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  yield header
  let written = 0
  for await (const piece of content) {
    written += piece.length
    yield piece
  }
  if (written !== size) throw damaged(name)
  const rest = size % BLOCK
  if (rest > 0) yield Buffer.alloc(BLOCK - rest)
}

const damaged = (name: string): AppError =>
  new AppError(
    'storage-damaged',
    `${name} of the runtime is not as it was installed.`,
    'Install the runtime again, then pack it.',
  )

/** An opened archive: which build it is of, and its wheels in their order. */
export interface OpenedArchive extends Archive {
  /** Of the build's wheel `index`; ask in order, and read each to its end. Wheels that are passed over are skipped. */
  filesOf(index: number): AsyncIterable<PackedFile>
  close(): Promise<void>
}

/** @throws AppError `invalid-input` for what is no such archive; nothing else of it has been read then */
export async function openArchive(file: string, signal: AbortSignal): Promise<OpenedArchive> {
  const entries = readPlainTar(file, signal)
  try {
    const { id, version } = await headerOf(entries, file)
    let next: TarEntry | undefined
    const peek = async (): Promise<TarEntry | undefined> => {
      const { value, done } = next === undefined ? await entries.next() : { value: next, done: false }
      return (next = done === true ? undefined : (value as TarEntry))
    }
    const filesOf = async function* (index: number): AsyncGenerator<PackedFile> {
      for (let entry = await peek(); entry !== undefined; entry = await peek()) {
        const of = /^(\d+)\/(.+)$/s.exec(entry.name)
        if (of === null || !entry.isFile)
          throw new Error(`it holds ${JSON.stringify(entry.name.slice(0, 100))}, which no archive of ours does`)
        if (Number(of[1]) > index) return
        next = undefined
        if (Number(of[1]) < index) continue
        const { content } = entry
        yield { name: of[2] ?? '', content: () => Promise.resolve(content) }
      }
    }
    return { id, version, filesOf, close: async () => void (await entries.return(undefined)) }
  } catch (thrown) {
    await entries.return(undefined)
    throw thrown
  }
}

async function headerOf(entries: AsyncGenerator<TarEntry>, file: string): Promise<Archive> {
  const refuse = (cause?: unknown): AppError =>
    new AppError(
      'invalid-input',
      `${file} is no archive of a runtime: one made by "runtime pack" was expected.`,
      'Name an archive that "runtime pack" made, wheels, or a folder of wheels.',
      { cause },
    )
  try {
    const { value: first } = await entries.next()
    if (first === undefined || first.name !== HEADER || !first.isFile || first.sizeBytes > MAX_HEADER_BYTES)
      throw refuse()
    const pieces: Buffer[] = []
    for await (const piece of first.content) pieces.push(piece)
    const said = JSON.parse(Buffer.concat(pieces).toString('utf8')) as Record<string, unknown>
    if (said['format'] !== FORMAT || typeof said['id'] !== 'string' || typeof said['version'] !== 'string')
      throw refuse()
    return { id: said['id'], version: said['version'] }
  } catch (thrown) {
    if (thrown instanceof AppError && ['not-found', 'cancelled'].includes(thrown.code)) throw thrown
    throw refuse(thrown)
  }
}
