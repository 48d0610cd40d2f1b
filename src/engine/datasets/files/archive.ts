// One way to go through zip, tar and tar.gz: entries in order, each with its name as the archive has it.
import path from 'node:path'
import { AppError } from '@shared/errors'
import { quoted } from '@shared/quoted'
import { openToRead } from '@node/read-file'
import { readPlainTar, readTarGz } from '@node/tar'
import { zipEntries } from '@node/zip-entries'
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

async function* readZip(file: string): AsyncGenerator<ArchiveEntry> {
  try {
    for await (const { name, kind, isEncrypted, content } of zipEntries(file)) {
      if (isEncrypted) throw refused(`${quoted(name)} is encrypted`)
      yield { name, kind: kind === 'link' ? 'other' : kind, content }
    }
  } catch (thrown) {
    throw unreadable(thrown)
  }
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
