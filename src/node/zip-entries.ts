// The entries of a zip file in order, each checked against its checksum while it is read. Names are as the archive has them, save that
// yauzl refuses those that lead elsewhere; what may become a file, and how much is too much, is the caller's.
import yauzl from 'yauzl'
import { crc32 } from './crc32'

export interface ZipEntry {
  readonly name: string
  readonly kind: 'file' | 'folder' | 'link'
  readonly isEncrypted: boolean
  /** Unpacked, as the archive says; the reader ends with an error where it is not so. */
  readonly sizeBytes: number
  /** @throws Error with the reason alone where the content is damaged */
  readonly content: () => Promise<AsyncIterable<Buffer>>
}

/** S_IFMT and S_IFLNK of the mode that Unix zips keep in the upper half of the attributes. */
const FORMAT_MASK = 0o170000
const SYMBOLIC_LINK = 0o120000

/** @throws Error with the reason alone: whoever reads says what the archive was to be */
export async function* zipEntries(file: string): AsyncGenerator<ZipEntry> {
  const zip = await yauzl.openPromise(file, { autoClose: false })
  try {
    for await (const entry of zip.eachEntry()) {
      const isLink = ((entry.externalFileAttributes >>> 16) & FORMAT_MASK) === SYMBOLIC_LINK
      yield {
        name: entry.fileName,
        kind: isLink ? 'link' : entry.fileName.endsWith('/') ? 'folder' : 'file',
        isEncrypted: entry.isEncrypted(),
        sizeBytes: entry.uncompressedSize,
        // Opening a stream costs more than all else of an entry, and an archive may hold hundreds of thousands of nothing.
        content: async () =>
          checked(entry.uncompressedSize === 0 ? [] : await zip.openReadStreamPromise(entry), entry.crc32),
      }
    }
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
