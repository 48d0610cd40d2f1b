// Writes one split of an import as it comes: pixels, labels and names appended to files, hashes along the way. Memory does not
// grow with the pixels; a label and a fingerprint for each image are all that stays.
import { createHash } from 'node:crypto'
import { mkdir, open, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import type { Prints } from '../images/batch'
import { labelBytes, type PreparedSplit, type SplitName } from '../manifest'
import { PrintList } from './print-list'

export interface SplitWriter {
  readonly count: number
  /** Appends one image: its pixels, class and name, and fingerprint `position` of `prints`. */
  append(image: { pixels: Uint8Array; label: number; name: string }, prints: Prints, position: number): void
  /** Writes what has been appended. */
  flush(): Promise<void>
  /** Closes the files for good. */
  finish(): Promise<{ split: PreparedSplit; prints: Prints }>
  /** Closes what is open; after `finish` it does nothing. */
  close(): Promise<void>
}

/** @param folder exists; the files come below `folder/NAME` */
export async function openSplitWriter(folder: string, name: SplitName, classes: number): Promise<SplitWriter> {
  await mkdir(path.join(folder, name), { recursive: true })
  const width = labelBytes(classes)
  const images = await openPart(folder, `${name}/images.u8`)
  const labels = await openPart(folder, `${name}/labels.u${width * 8}`)
  const names = await openPart(folder, `${name}/names.txt`)
  const classCounts = Array.from({ length: classes }, () => 0)
  const printed = new PrintList()
  let count = 0
  return {
    get count() {
      return count
    },
    append: ({ pixels, label, name: file }, prints, position) => {
      images.add(pixels)
      const bytes = Buffer.alloc(width)
      bytes.writeUIntLE(label, 0, width)
      labels.add(bytes)
      // One line for each image, whatever its name holds.
      names.add(Buffer.from(`${JSON.stringify(file)}\n`))
      classCounts[label]!++
      printed.add(prints, position)
      count++
    },
    flush: async () => {
      for (const part of [images, labels, names]) await part.flush()
    },
    finish: async () => ({
      split: {
        count,
        classCounts,
        images: await images.finish(),
        labels: await labels.finish(),
        names: await names.finish(),
      },
      prints: printed.all(),
    }),
    close: async () => {
      for (const part of [images, labels, names]) await part.close()
    },
  }
}

async function openPart(folder: string, name: string) {
  const handle: FileHandle = await open(path.join(folder, name), 'w')
  const hash = createHash('sha256')
  let waiting: Uint8Array[] = []
  let bytes = 0
  let isOpen = true
  const close = async (): Promise<void> => {
    if (isOpen) {
      isOpen = false
      await handle.close()
    }
  }
  const flush = async (): Promise<void> => {
    const piece = Buffer.concat(waiting)
    waiting = []
    hash.update(piece)
    // writeFile goes on from where the file stands, and writes all of it.
    await handle.writeFile(piece)
    bytes += piece.length
  }
  return {
    add: (piece: Uint8Array): void => void waiting.push(piece),
    flush,
    finish: async () => {
      await flush()
      await handle.sync()
      await close()
      return { path: name, bytes, sha256: hash.digest('hex') }
    },
    close,
  }
}
