// From the path the user gave to the files an importer sees: a folder as it is, an archive unpacked into a folder of ours, or
// the folder round a single file.
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '@shared/errors'
import type { ImportKind, Recognised, SplitFolders } from '@shared/contract/datasets'
import { archiveKind, type ArchiveKind } from '../files/archive'
import { treeOf, type FileTree } from '../files/file-tree'
import type { ArchiveLimits } from '../files/limits'
import { readTree } from '../files/read-tree'
import { archiveNames, unpackArchive } from '../files/unpack'
import { chooseImporter } from '../importers'
import { SplitQuestion } from '../importers/folder-layout'
import { isImage } from '../importers/image-names'
import { NO_CLASS, type ImportPlan } from '../importers/importer'
import { errorCode } from '../../../node/file-error'

export interface OpenTreeOptions {
  /** Where an archive is unpacked to; it may stay absent. */
  readonly unpackedFolder: string
  readonly signal: AbortSignal
  readonly onFile: (name: string) => void
  readonly limits?: ArchiveLimits | undefined
}

/** @throws AppError `invalid-input` for a path that cannot be read, `dataset-damaged` for an archive that is refused */
export async function openTree(place: string, options: OpenTreeOptions): Promise<FileTree> {
  if ((await statOf(place)).isDirectory()) return readTree(place)
  const kind = await archiveKind(place)
  if (kind === null) return treeAround(place)
  const { unpackedFolder, signal, onFile, limits } = options
  const notes = await unpackArchive(place, kind, unpackedFolder, signal, onFile, limits)
  // An archive without a file leaves no folder.
  const isEmpty = (await stat(unpackedFolder).catch(() => undefined)) === undefined
  const tree = isEmpty ? treeOf(unpackedFolder, []) : await readTree(unpackedFolder)
  return { ...tree, notes: [...notes, ...tree.notes] }
}

export interface RecogniseOptions {
  /** Null recognises it. */
  readonly kind: ImportKind | null
  readonly splits: SplitFolders | null
  readonly signal: AbortSignal
}

/**
 * What is at `place` and what an import would make of it; nothing is written or unpacked. The labels are read where that is quick.
 * @throws AppError as `openTree`, as the importer's `open`, and when nothing is recognised
 */
export async function recognisePath(place: string, { kind, splits, signal }: RecogniseOptions): Promise<Recognised> {
  const info = await statOf(place)
  const archive = info.isDirectory() ? null : await archiveKind(place)
  const tree = info.isDirectory()
    ? await readTree(place)
    : archive === null
      ? await treeAround(place)
      : await treeInside(place, archive, signal)
  const found = await chooseImporter(tree, kind, { isReadable: archive === null })
  if (found === null) throw unrecognised(place, tree.files)
  const { importer, guess } = found
  const known: Recognised = {
    kind: importer.kind,
    ...guess,
    shape: shapeOf(guess.shape),
    suggestedName: nameFrom(place),
    preview: null,
    notes: [...tree.notes, ...found.notes],
    question: null,
  }
  // Class folders are known from names; CIFAR's pickles would have to be read as a whole.
  const isQuick = importer.kind === 'class-folders' || (archive === null && importer.kind !== 'cifar-python')
  if (!isQuick) return known
  try {
    const plan = await importer.open(tree, { signal, splits })
    return { ...known, ...previewOf(plan), notes: [...known.notes, ...plan.notes] }
  } catch (thrown) {
    if (thrown instanceof SplitQuestion) return { ...known, question: thrown.looks }
    throw thrown
  }
}

async function treeInside(place: string, archive: ArchiveKind, signal: AbortSignal): Promise<FileTree> {
  const { names, ...rest } = await archiveNames(place, archive, signal)
  return treeOf(place, names, rest)
}

/** Images of each class by split, as the plan has them. */
function previewOf({ classes, parts }: ImportPlan): Pick<Recognised, 'classes' | 'images' | 'hasTest' | 'preview'> {
  const preview = classes.map((name) => ({ name, train: 0, test: 0, open: 0 }))
  for (const { split, labels } of parts)
    for (const label of labels) if (label !== NO_CLASS) preview[label]![split ?? 'open']++
  const images = preview.reduce((sum, { train, test, open }) => sum + train + test + open, 0)
  return { classes: classes.length, images, hasTest: preview.some(({ test }) => test > 0), preview }
}

function shapeOf(shape: readonly [number, number, number] | null): Recognised['shape'] {
  return shape === null ? null : [...shape]
}

export function unrecognised(place: string, files: readonly string[]): AppError {
  const images = files.filter(isImage)
  const [first] = files
  const found =
    first === undefined
      ? 'holds no files'
      : images.length > 0 && images.every((file) => !file.includes('/'))
        ? `holds ${images.length} images in one folder and nothing that says their classes`
        : `is no data set that the workbench knows: ${files.length} files, the first is ${first}`
  return new AppError(
    'invalid-input',
    `${place} ${found}.`,
    'Choose a folder with one folder of images for each class, at least two, a CSV file with the columns image and label, or the files of CIFAR, MNIST or ImageNet.',
  )
}

async function statOf(place: string) {
  try {
    return await stat(place)
  } catch (cause) {
    const code = errorCode(cause)
    const [message, fix] = ['ENOENT', 'ENOTDIR'].includes(code)
      ? [`There is no file or folder at ${place}.`, 'Check the path, or choose it again.']
      : code === 'ELOOP'
        ? [`${place} is a link that leads to itself.`, 'Choose what it was meant to lead to.']
        : [`${place} cannot be read (${code}).`, 'Give yourself permission to read it, or choose another.']
    throw new AppError('invalid-input', message, fix, { cause })
  }
}

/** A table sees everything beside and below it; of other files those beside it are enough. */
async function treeAround(file: string): Promise<FileTree> {
  const folder = path.dirname(file)
  const chosen = path.basename(file)
  if (/\.csv$/i.test(file)) return readTree(folder, chosen)
  const isIdx = /idx[13]-ubyte(\.gz)?$/i.test(file)
  const beside = (await readdir(folder, { withFileTypes: true })).filter((entry) => !entry.isDirectory())
  return treeOf(folder, isIdx ? beside.map(({ name }) => name) : [chosen], { chosen })
}

/** A name that the contract accepts, from the last part of a path. */
function nameFrom(place: string): string {
  const plain = path
    .basename(place)
    .toLowerCase()
    .replace(/\.(zip|tar|tar\.gz|tgz|csv)$/, '')
  const name = plain.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '')
  return name.slice(0, 64) || 'images'
}
