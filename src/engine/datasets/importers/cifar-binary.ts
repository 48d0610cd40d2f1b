// The official binary archives of CIFAR-10 (one label byte, 3072 pixels) and CIFAR-100 (coarse label, fine label, 3072 pixels).
// CIFAR-100 is imported with its fine labels.
import { fill, openToRead, readInPieces } from '@node/read-file'
import { readTextFile } from '@node/text-file'
import type { FileTree } from '../files/file-tree'
import { wholeRecords } from '../formats/records'
import {
  CLASS_COUNT,
  cifarImporter,
  IMAGE_BYTES,
  interleaved,
  MAX_BYTES,
  type CifarFile,
  type CifarVariant,
} from './cifar'
import { damagedFile } from './damaged'
import { NO_CLASS, type ImportItem, type ImportPart } from './importer'

/** Labels in front of the pixels; the last one counts. */
const LABEL_BYTES: Readonly<Record<CifarVariant, number>> = { 'cifar-10': 1, 'cifar-100': 2 }
/** Records read at once: 3 MB. */
const RECORDS_PER_READ = 1000

export const cifarBinary = cifarImporter({
  kind: 'cifar-binary',
  extension: '.bin',
  missing: 'it holds no data_batch_1.bin or train.bin',
  readNames: async (tree, variant) => {
    const file = variant === 'cifar-10' ? 'batches.meta.txt' : 'fine_label_names.txt'
    const listed = tree.files.includes(file)
      ? (await readTextFile(tree.place(file), { what: 'list of classes' })).text
      : ''
    const names = listed.split('\n').map((line) => line.trim())
    return names.filter((line) => line !== '')
  },
  openBatch,
})

async function openBatch(tree: FileTree, { file, split }: CifarFile, variant: CifarVariant): Promise<ImportPart> {
  const labelBytes = LABEL_BYTES[variant]
  const record = labelBytes + IMAGE_BYTES
  const { handle, size } = await openToRead(tree.place(file), { what: 'CIFAR file', maxBytes: MAX_BYTES })
  try {
    if (size === 0 || size % record !== 0) {
      throw damagedFile(file, `it should hold whole records of ${record} bytes, it has ${size} bytes`)
    }
    const labels = new Uint16Array(size / record)
    const buffer = Buffer.alloc(record * RECORDS_PER_READ)
    for (let first = 0; first < labels.length; first += RECORDS_PER_READ) {
      const bytesRead = await fill(handle, buffer, first * record)
      for (let index = 0; (index + 1) * record <= bytesRead; index++) {
        const label = buffer[index * record + labelBytes - 1]!
        labels[first + index] = label < CLASS_COUNT[variant] ? label : NO_CLASS
      }
    }
    return { split, labels, items: () => readBatch(tree.place(file), file, variant) }
  } finally {
    await handle.close()
  }
}

async function* readBatch(place: string, file: string, variant: CifarVariant): AsyncGenerator<ImportItem> {
  const labelBytes = LABEL_BYTES[variant]
  const record = labelBytes + IMAGE_BYTES
  let number = 0
  const stream = readInPieces(place, { what: 'CIFAR file', pieceBytes: record * RECORDS_PER_READ })
  for await (const bytes of wholeRecords(stream, record)) {
    for (let at = 0; at < bytes.length; at += record) {
      const name = `${file}, image ${++number}`
      const label = bytes[at + labelBytes - 1]!
      if (label < CLASS_COUNT[variant]) {
        const pixels = interleaved(bytes.subarray(at + labelBytes, at + record))
        yield { name, source: { height: 32, width: 32, channels: 3, pixels } }
      } else yield { name, reason: `has the label ${label}, classes are 0 to ${CLASS_COUNT[variant] - 1}` }
    }
  }
}
