// One way to go through zip, tar and tar.gz: entries in order, each with its name as the archive has it.
import path from 'node:path'
import yauzl from 'yauzl'
import { AppError } from '@shared/errors'
import { quoted } from '@shared/quoted'
import { openToRead } from '@node/read-file'
import { readPlainTar, readTarGz } from '../tar'
import { crc32 } from './crc32'
import { refused } from './limits'

export interface ArchiveEntry {
  /** Not checked: `safePath` does. */
  readonly name: string
  /** What is none of these, a device for example, is an "other". */
  readonly kind: 'file' | 'folder' | 'other'
  readonly content: () => Promise<AsyncIterable<Buffer>>
}

export type ArchiveKind = 'zip' | 'tar' | 'tar.gz'

/** What a file is by its first bytes; null for no archive. A .gz that is not called .tar.gz or .tgz is a single file. */
export async function archiveKind(file: string): Promise<ArchiveKind | null> {
  const { handle } = await openToRead(file, { what: 'data set' })
  try {
    const head = Buffer.alloc(512)
    await handle.read(head, 0, head.length, 0)
    // "PK" and then a file, or the end of an empty archive.
    if (head.readUInt32BE(0) === 0x504b0304 || head.readUInt32BE(0) === 0x504b0506) return 'zip'
    if (head.readUInt16BE(0) === 0x1f8b) return /\.(tar\.gz|tgz)$/i.test(file) ? 'tar.gz' : null
    if (head.toString('latin1', 257, 262) === 'ustar') return 'tar'
  } finally {
    await handle.close()
  }
  // By its name it should have been one: its reader will say what is wrong.
  const [kind] = /\.(zip|tar|tar\.gz|tgz)$/i.exec(path.basename(file))?.slice(1) ?? []
  return kind === undefined ? null : kind.toLowerCase() === 'tgz' ? 'tar.gz' : (kind.toLowerCase() as ArchiveKind)
}

/**
 * Entries of an archive. Links have no content of their own and are "other", since nothing may lead out of it.
 * @throws AppError `dataset-damaged`
 */
export async function* readArchive(file: string, kind: ArchiveKind, signal: AbortSignal): AsyncGenerator<ArchiveEntry> {
  if (kind === 'zip') yield* readZip(file)
  else {
    for await (const entry of kind === 'tar' ? readPlainTar(file, signal) : readTarGz(file, signal)) {
      const entryKind = entry.isFile ? 'file' : entry.isFolder ? 'folder' : 'other'
      yield { name: entry.name, kind: entryKind, content: () => Promise.resolve(entry.content) }
    }
  }
}

/** S_IFMT and S_IFLNK of the mode that Unix zips keep in the upper half of the attributes. */
const FORMAT_MASK = 0o170000
const SYMBOLIC_LINK = 0o120000

async function* readZip(file: string): AsyncGenerator<ArchiveEntry> {
  const zip = await yauzl.openPromise(file, { autoClose: false }).catch((thrown: unknown) => {
    throw unreadable(thrown)
  })
  try {
    for await (const entry of zip.eachEntry()) {
      const isLink = ((entry.externalFileAttributes >>> 16) & FORMAT_MASK) === SYMBOLIC_LINK
      const entryKind = isLink ? 'other' : entry.fileName.endsWith('/') ? 'folder' : 'file'
      if (entry.isEncrypted()) throw refused(`${quoted(entry.fileName)} is encrypted`)
      yield {
        name: entry.fileName,
        kind: entryKind,
        // Opening a stream costs more than all else of an entry, and an archive may hold hundreds of thousands of nothing.
        content: async () =>
          checked(entry.uncompressedSize === 0 ? [] : await zip.openReadStreamPromise(entry), entry.crc32),
      }
    }
  } catch (thrown) {
    throw unreadable(thrown)
  } finally {
    zip.close()
  }
}

/** The checksum that the archive records is checked when the content ends; yauzl itself checks sizes only. */
async function* checked(content: AsyncIterable<unknown> | Iterable<unknown>, expected: number): AsyncGenerator<Buffer> {
  let found = 0
  for await (const piece of content) {
    found = crc32(piece as Buffer, found)
    yield piece as Buffer
  }
  if (found !== expected) throw new Error('its checksum does not match')
}

function unreadable(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  // yauzl refuses names that lead elsewhere before we see them.
  if (/relative path|absolute path|invalid characters/.test(message)) {
    return refused(`it holds a file outside its own folder (${message})`, thrown)
  }
  return new AppError('dataset-damaged', `The archive is damaged: ${message}.`, 'Get it again from its source.', {
    cause: thrown,
  })
}
