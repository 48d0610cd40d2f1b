// From the path the user gave to the files an importer sees: a folder as it is, an archive unpacked into a folder of ours, or
// the folder round a single file.
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '@shared/errors'
import type { Recognised } from '@shared/contract/datasets'
import { archiveKind } from '../files/archive'
import { readTree, treeOf, type FileTree } from '../files/file-tree'
import type { ArchiveLimits } from '../files/limits'
import { archiveNames, unpackArchive } from '../files/unpack'
import { recogniseFiles } from '../importers'

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
  await unpackArchive(place, kind, options.unpackedFolder, options.signal, options.onFile, options.limits)
  // An archive without a file leaves no folder.
  const isEmpty = (await stat(options.unpackedFolder).catch(() => undefined)) === undefined
  return isEmpty ? treeOf(options.unpackedFolder, []) : readTree(options.unpackedFolder)
}

/** What is at `place`, from names alone: nothing is unpacked. @throws AppError as `openTree`, and when nothing is recognised */
export async function recognisePath(place: string, signal: AbortSignal): Promise<Recognised> {
  const info = await statOf(place)
  const kind = info.isDirectory() ? null : await archiveKind(place)
  const tree = info.isDirectory()
    ? await readTree(place)
    : kind === null
      ? await treeAround(place)
      : treeOf(place, await archiveNames(place, kind, signal))
  const found = recogniseFiles(tree.files, tree.chosen)
  if (found === null) throw unrecognised(place, tree.files)
  return {
    kind: found.importer.kind,
    ...found.guess,
    shape: shapeOf(found.guess.shape),
    suggestedName: nameFrom(place),
  }
}

function shapeOf(shape: readonly [number, number, number] | null): Recognised['shape'] {
  return shape === null ? null : [...shape]
}

export function unrecognised(place: string, files: readonly string[]): AppError {
  const [first] = files
  return new AppError(
    'invalid-input',
    first === undefined
      ? `${place} holds no files.`
      : `${place} is no data set that the workbench knows: ${files.length} files, the first is ${first}.`,
    'Choose a folder with one folder of PNG or JPEG images for each class, a CSV file with the columns image and label, or the files of CIFAR, MNIST or ImageNet.',
  )
}

async function statOf(place: string) {
  try {
    return await stat(place)
  } catch (cause) {
    throw new AppError(
      'invalid-input',
      `${place} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Check the path.',
      { cause },
    )
  }
}

/** A table sees everything beside and below it; of other files those beside it are enough. */
async function treeAround(file: string): Promise<FileTree> {
  const folder = path.dirname(file)
  const chosen = path.basename(file)
  if (/\.csv$/i.test(file)) return readTree(folder, chosen)
  const isIdx = /idx[13]-ubyte(\.gz)?$/i.test(file)
  const beside = (await readdir(folder, { withFileTypes: true })).filter((entry) => !entry.isDirectory())
  return treeOf(folder, isIdx ? beside.map(({ name }) => name) : [chosen], chosen)
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
