// MNIST, Fashion-MNIST, EMNIST and others in IDX files: pairs of "...images-idx3-ubyte" and "...labels-idx1-ubyte", gzipped
// or not. Classes are the labels that occur, in their order.
import { AppError } from '@shared/errors'
import { shownNames } from '@shared/quoted'
import type { FileTree } from '../files/file-tree'
import { openIdx } from '../formats/idx'
import type { SplitName } from '../manifest'
import { damagedFile } from './damaged'
import type { Importer, ImportItem, ImportPart, ImportPlan } from './importer'

/** Published names, taken where the place says "fashion" and ten labels occur. Source: Fashion-MNIST's README. */
const FASHION = [
  't-shirt-top',
  'trouser',
  'pullover',
  'dress',
  'coat',
  'sandal',
  'shirt',
  'sneaker',
  'bag',
  'ankle-boot',
] as const

const IMAGES = /^(.*?)(train|t10k|test)([-_])images([-.])idx3-ubyte(\.gz)?$/i

interface Pair {
  /** What stands before "train" or "t10k": pairs with the same belong together. */
  readonly set: string
  readonly images: string
  readonly labels: string | null
  readonly split: SplitName
}

export const mnistIdx: Importer = {
  kind: 'mnist-idx',
  recognise: (files, chosen) => {
    const pairs = chosenSet(findPairs(files), chosen)
    if (pairs.length === 0) return null
    return { classes: null, images: null, hasTest: pairs.some(({ split }) => split === 'test'), shape: null }
  },
  open: async (tree) => {
    const pairs = chosenSet(findPairs(tree.files), tree.chosen)
    refuseSeveral(tree, pairs)
    const opened: Opened[] = []
    for (const pair of pairs) opened.push(await openPair(tree, pair))
    const [first] = opened
    if (first === undefined) throw damagedFile(tree.root, 'it holds no images-idx3-ubyte file')
    for (const { height, width, pair } of opened) {
      if (height !== first.height || width !== first.width) {
        throw damagedFile(
          pair.images,
          `its images have ${height} x ${width} pixels, the others ${first.height} x ${first.width}`,
        )
      }
    }
    return planOf(tree, opened, [first.height, first.width, 1])
  },
}

/** Where a file is there both ways, the one that is not gzipped. */
function findPairs(files: readonly string[]): Pair[] {
  const has = new Set(files)
  return files.flatMap((images) => {
    const match = IMAGES.exec(images)
    if (match === null || (match[5] !== undefined && has.has(images.slice(0, -3)))) return []
    const [, prefix, split, dash, dot] = match
    const plain = `${prefix}${split}${dash}labels${dot}idx1-ubyte`
    const labels = [plain, `${plain}.gz`].find((name) => has.has(name)) ?? null
    return [
      {
        set: prefix!,
        images,
        labels,
        split: split!.toLowerCase() === 'train' ? ('train' as const) : ('test' as const),
      },
    ]
  })
}

/** The pairs of the set that the user pointed at, by an image or a label file of it; all where nobody pointed at any. */
function chosenSet(pairs: readonly Pair[], chosen: string | null): readonly Pair[] {
  const isOf = ({ images, labels, set }: Pair): boolean =>
    chosen === images || chosen === labels || (chosen ?? '').replace(/\.gz$/i, '').startsWith(`${set}`)
  const named =
    chosen === null
      ? undefined
      : (pairs.find(({ images, labels }) => [images, labels].includes(chosen)) ?? pairs.find(isOf))
  return named === undefined ? pairs : pairs.filter(({ set }) => set === named.set)
}

/** @throws AppError `invalid-input` when files of several sets lie there: one label would mean several things */
function refuseSeveral({ root }: FileTree, pairs: readonly Pair[]): void {
  const sets = new Map(pairs.map(({ set, images }) => [set, images]))
  if (sets.size < 2) return
  const names = [...sets.keys()].map((set) => set.replace(/[-_/.]+$/, '') || 'one without a name')
  throw new AppError(
    'invalid-input',
    `${root} holds ${sets.size} data sets: ${shownNames(names)}.`,
    `Name a file of the one that is meant, for example ${[...sets.values()][0]}.`,
  )
}

interface Opened {
  readonly pair: Pair
  readonly height: number
  readonly width: number
  readonly labels: Uint8Array
}

async function openPair(tree: FileTree, pair: Pair): Promise<Opened> {
  if (pair.labels === null) throw damagedFile(pair.images, 'the file with its labels is missing')
  const { sizes } = await openIdx(tree.place(pair.images), pair.images, 3)
  const [count, height, width] = sizes as [number, number, number]
  const labelFile = await openIdx(tree.place(pair.labels), pair.labels, 1)
  if (labelFile.sizes[0] !== count) {
    throw damagedFile(pair.labels, `it announces ${labelFile.sizes[0]} labels for ${count} images`)
  }
  if (count === 0 || height === 0 || width === 0) throw damagedFile(pair.images, 'it holds no images')
  const pieces: Buffer[] = []
  for await (const piece of labelFile.records(1)) pieces.push(piece)
  return { pair, height, width, labels: Buffer.concat(pieces) }
}

function planOf(tree: FileTree, opened: readonly Opened[], shape: readonly [number, number, number]): ImportPlan {
  const values = [...new Set(opened.flatMap(({ labels }) => [...new Set(labels)]))].sort((a, b) => a - b)
  const notes: string[] = []
  if (values[0]! > 0)
    notes.push(`Labels begin at ${values[0]}: the classes are ${values[0]} to ${values[values.length - 1]}.`)
  if (/emnist/i.test(opened[0]!.pair.images) || /emnist/i.test(tree.root))
    notes.push('EMNIST stores its images transposed (columns first); they are imported as they are stored.')
  const isFashion = /fashion/i.test(tree.root) && values.length === FASHION.length
  return {
    classes: values.map((value, index) => (isFashion ? FASHION[index]! : String(value))),
    shape,
    notes: isFashion
      ? [...notes, 'The classes are named as Fashion-MNIST publishes them, since the place says "fashion".']
      : notes,
    parts: opened.map(({ pair, labels }): ImportPart => ({
      split: pair.split,
      labels: Uint16Array.from(labels, (value) => values.indexOf(value)),
      items: () => readImages(tree, pair.images, shape),
    })),
  }
}

async function* readImages(
  tree: FileTree,
  file: string,
  [height, width]: readonly [number, number, number],
): AsyncGenerator<ImportItem> {
  const { records } = await openIdx(tree.place(file), file, 3)
  const imageBytes = height * width
  let number = 0
  for await (const bytes of records(imageBytes)) {
    for (let at = 0; at < bytes.length; at += imageBytes) {
      const pixels = Uint8Array.from(bytes.subarray(at, at + imageBytes))
      yield { name: `${file}, image ${++number}`, source: { height, width, channels: 1, pixels } }
    }
  }
}
