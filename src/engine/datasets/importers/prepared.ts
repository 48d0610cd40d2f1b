// A data set that is prepared already, read again to become another one: smaller images for a search of low fidelity, or grey
// ones. Splits, classes and the order of images stay.
import { MIB } from '@shared/units'
import { readInPieces, readWhole } from '@node/read-file'
import { createContentCheck } from '../content-check'
import type { FileTree } from '../files/file-tree'
import { wholeRecords } from '../formats/records'
import { labelBytes, MANIFEST_FILE, readPrepared, SPLITS, type Manifest, type SplitName } from '../manifest'
import { damagedFile } from './damaged'
import { NO_CLASS, type Importer, type ImportItem, type ImportPart } from './importer'

/** Bytes read at once, in whole images (chosen: a thousand of CIFAR). */
const READ_BYTES = 3 * MIB

export const prepared: Importer = {
  kind: 'prepared',
  recognise: (files) => {
    const isPrepared = [MANIFEST_FILE, 'train/images.u8', 'test/images.u8'].every((name) => files.includes(name))
    return isPrepared ? { classes: null, images: null, hasTest: true, shape: null } : null
  },
  open: async (tree) => {
    const state = await readPrepared(tree.root)
    if (state.state !== 'ready')
      throw damagedFile(tree.root, state.state === 'damaged' ? state.problem : `it has no ${MANIFEST_FILE}`)
    const { manifest } = state
    const [problem] = await createContentCheck().problems(tree.root, manifest)
    if (problem !== undefined) throw damagedFile(tree.root, problem)
    const parts: ImportPart[] = []
    for (const split of SPLITS) parts.push(await partOf(tree, manifest, split))
    return {
      classes: manifest.classes,
      shape: manifest.shape,
      parts,
      notes: [`Made from the data set "${manifest.name}".`],
    }
  },
}

async function partOf(tree: FileTree, manifest: Manifest, split: SplitName): Promise<ImportPart> {
  const { count, images, labels: labelFile } = manifest.splits[split]
  const classes = manifest.classes.length
  const width = labelBytes(classes)
  const bytes = await readWhole(tree.place(labelFile.path), { what: 'file of labels', maxBytes: count * width })
  if (bytes.length !== count * width) throw damagedFile(labelFile.path, `it should hold ${count} labels`)
  const labels = Uint16Array.from({ length: count }, (_, index) => {
    const label = bytes.readUIntLE(index * width, width)
    return label < classes ? label : NO_CLASS
  })
  return { split, labels, items: () => readImages(tree.place(images.path), split, manifest.shape, labels) }
}

async function* readImages(
  file: string,
  split: SplitName,
  [height, width, channels]: Manifest['shape'],
  labels: Uint16Array,
): AsyncGenerator<ImportItem> {
  const imageBytes = height * width * channels
  let number = 0
  const stream = readInPieces(file, {
    what: 'file of images',
    pieceBytes: imageBytes * Math.max(1, Math.floor(READ_BYTES / imageBytes)),
  })
  for await (const bytes of wholeRecords(stream, imageBytes)) {
    for (let at = 0; at < bytes.length; at += imageBytes) {
      const name = `${split}, image ${number + 1}`
      if (labels[number++] === NO_CLASS) yield { name, reason: 'has a label that names no class' }
      else
        yield {
          name,
          source: { height, width, channels, pixels: Uint8Array.from(bytes.subarray(at, at + imageBytes)) },
        }
    }
  }
  if (number !== labels.length) throw damagedFile(file, `it holds ${number} images for ${labels.length} labels`)
}
