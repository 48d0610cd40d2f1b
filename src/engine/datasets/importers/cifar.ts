// What CIFAR-10 and CIFAR-100 have in common in all their forms: images of 32 x 32 as three planes, the names of files, and how
// batches become a plan.
// Source: A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images" (2009), and the data set's page.
import { AppError } from '@shared/errors'
import { MIB } from '@shared/units'
import type { SplitName } from '../manifest'
import { cifar10 } from '../sources/cifar-10'
import type { FileTree } from '../files/file-tree'
import { damagedFile } from './damaged'
import type { Importer, ImportPart } from './importer'

const SHAPE = [32, 32, 3] as const
export const IMAGE_BYTES = 32 * 32 * 3
const PLANE = 32 * 32
/** Of a file; CIFAR-100's train split has 155 MB. */
export const MAX_BYTES = 512 * MIB

export type CifarVariant = 'cifar-10' | 'cifar-100'
export const CLASS_COUNT: Readonly<Record<CifarVariant, number>> = { 'cifar-10': 10, 'cifar-100': 100 }

/** Red, green and blue planes to pixels of three. */
export function interleaved(planes: Uint8Array): Uint8Array {
  const pixels = new Uint8Array(IMAGE_BYTES)
  for (let pixel = 0; pixel < PLANE; pixel++) {
    pixels[pixel * 3] = planes[pixel]!
    pixels[pixel * 3 + 1] = planes[PLANE + pixel]!
    pixels[pixel * 3 + 2] = planes[2 * PLANE + pixel]!
  }
  return pixels
}

/** Names from a list in the archive, else the published ones of CIFAR-10, else numbers. */
function classNames(variant: CifarVariant, listed: readonly string[]): readonly string[] {
  const count = CLASS_COUNT[variant]
  if (listed.length === count && new Set(listed).size === count) return listed
  return variant === 'cifar-10' ? cifar10.classes : Array.from({ length: count }, (_, label) => String(label))
}

export interface CifarFile {
  readonly file: string
  readonly split: SplitName
}

/** Files of one variant in order, or null. @param extension "" or ".bin" */
function cifarFiles(
  files: readonly string[],
  extension: '' | '.bin',
): { readonly variant: CifarVariant; readonly batches: readonly CifarFile[] } | null {
  const has = new Set(files)
  const ten = [1, 2, 3, 4, 5].map((number) => `data_batch_${number}${extension}`).filter((name) => has.has(name))
  const withTest = (train: readonly string[], test: string): CifarFile[] => [
    ...train.map((file): CifarFile => ({ file, split: 'train' })),
    ...(has.has(test) ? [{ file: test, split: 'test' } as const] : []),
  ]
  const isBoth = ten.length > 0 && has.has(`train${extension}`) && (extension === '.bin' || has.has('meta'))
  if (isBoth)
    throw new AppError(
      'invalid-input',
      'CIFAR-10 and CIFAR-100 lie in one folder: their classes are not the same.',
      'Put each into a folder of its own and import that.',
    )
  if (ten.length > 0) return { variant: 'cifar-10', batches: withTest(ten, `test_batch${extension}`) }
  // "train" alone could be anything; CIFAR-100 comes with its names.
  const isHundred = extension === '' ? has.has('meta') : has.has(`train${extension}`)
  if (isHundred && has.has(`train${extension}`)) {
    return { variant: 'cifar-100', batches: withTest([`train${extension}`], `test${extension}`) }
  }
  return null
}

/** What one form of the archives has of its own. */
export interface CifarForm {
  readonly kind: Importer['kind']
  readonly extension: '' | '.bin'
  /** What the tree lacks where it is none of this form: "it holds no ...". */
  readonly missing: string
  /** Class names as the archive lists them; empty where it lists none. */
  readNames(tree: FileTree, variant: CifarVariant): Promise<readonly string[]>
  openBatch(tree: FileTree, batch: CifarFile, variant: CifarVariant): Promise<ImportPart>
}

export function cifarImporter({ kind, extension, missing, readNames, openBatch }: CifarForm): Importer {
  return {
    kind,
    recognise: (files) => {
      const found = cifarFiles(files, extension)
      if (found === null) return null
      const hasTest = found.batches.some(({ split }) => split === 'test')
      return { classes: CLASS_COUNT[found.variant], images: null, hasTest, shape: SHAPE }
    },
    open: async (tree) => {
      const found = cifarFiles(tree.files, extension)
      if (found === null) throw damagedFile(tree.root, missing)
      const { variant, batches } = found
      const names = await readNames(tree, variant)
      const parts: ImportPart[] = []
      for (const batch of batches) parts.push(await openBatch(tree, batch, variant))
      return {
        classes: classNames(variant, names),
        shape: SHAPE,
        parts,
        notes: variant === 'cifar-100' ? ['CIFAR-100 is imported with its 100 fine labels.'] : [],
      }
    },
  }
}
