// The Python archives of CIFAR-10 and CIFAR-100: pickled dictionaries with `data` (uint8 [count, 3072]) and `labels` or
// `fine_labels`. The pickle reader executes nothing.
import { readWhole } from '@node/read-file'
import type { FileTree } from '../files/file-tree'
import { PickleError, readPickle, type Pickled } from '../formats/pickle'
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

export const cifarPython = cifarImporter({
  kind: 'cifar-python',
  extension: '',
  missing: 'it holds no data_batch_1, and no train with meta',
  readNames: async (tree, variant) => {
    const [file, key] = variant === 'cifar-10' ? ['batches.meta', 'label_names'] : ['meta', 'fine_label_names']
    const listed = tree.files.includes(file) ? (await readDictionary(tree, file)).get(key) : []
    return Array.isArray(listed) ? listed.map(nameOf) : []
  },
  openBatch,
})

async function readDictionary(tree: FileTree, file: string): Promise<Map<Pickled, Pickled>> {
  try {
    const value = readPickle(await readWhole(tree.place(file), { what: 'CIFAR file', maxBytes: MAX_BYTES }))
    if (value instanceof Map) return value
  } catch (thrown) {
    if (thrown instanceof PickleError) throw damagedFile(file, thrown.message, thrown)
    throw thrown
  }
  throw damagedFile(file, 'it should hold a dictionary')
}

async function openBatch(tree: FileTree, { file, split }: CifarFile, variant: CifarVariant): Promise<ImportPart> {
  const { labels } = await readBatch(tree, file, variant)
  // Read again when its turn comes: only one file is held at a time.
  return { split, labels, items: () => batchItems(tree, file, variant) }
}

async function readBatch(
  tree: FileTree,
  file: string,
  variant: CifarVariant,
): Promise<{ labels: Uint16Array; data: Uint8Array; raw: readonly Pickled[] }> {
  const dictionary = await readDictionary(tree, file)
  const data = dictionary.get('data')
  const raw = dictionary.get(variant === 'cifar-10' ? 'labels' : 'fine_labels')
  if (typeof data !== 'object' || data === null || !('shape' in data) || data.shape[1] !== IMAGE_BYTES) {
    throw damagedFile(file, `its "data" should be bytes of ${IMAGE_BYTES} columns`)
  }
  if (!Array.isArray(raw) || raw.length !== data.shape[0] || raw.length === 0) {
    const found = Array.isArray(raw) ? raw.length : 0
    throw damagedFile(file, `it has ${found} labels for ${data.shape[0]} images`)
  }
  return { labels: Uint16Array.from(raw, (label) => classOf(label, variant)), data: data.bytes, raw }
}

function classOf(label: Pickled, variant: CifarVariant): number {
  const isClass = typeof label === 'number' && Number.isInteger(label) && label >= 0 && label < CLASS_COUNT[variant]
  return isClass ? label : NO_CLASS
}

async function* batchItems(tree: FileTree, file: string, variant: CifarVariant): AsyncGenerator<ImportItem> {
  const { labels, data, raw } = await readBatch(tree, file, variant)
  for (const [index, label] of labels.entries()) {
    const name = `${file}, image ${index + 1}`
    if (label === NO_CLASS) {
      yield { name, reason: `has the label ${String(raw[index])}, classes are 0 to ${CLASS_COUNT[variant] - 1}` }
    } else {
      const pixels = interleaved(data.subarray(index * IMAGE_BYTES, (index + 1) * IMAGE_BYTES))
      yield { name, source: { height: 32, width: 32, channels: 3, pixels } }
    }
  }
}

function nameOf(value: Pickled): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : String(value)
}
