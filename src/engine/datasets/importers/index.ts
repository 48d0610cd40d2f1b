// The importers in the order in which they are tried: the strictest names first.
import type { ImportKind } from '@shared/contract/datasets'
import type { FileTree } from '../files/file-tree'
import { cifarBinary } from './cifar-binary'
import { cifarPython } from './cifar-python'
import { classFolders } from './class-folders'
import { csvImages } from './csv-images'
import { imageNet } from './imagenet'
import type { Guess, Importer } from './importer'
import { mnistIdx } from './mnist-idx'
import { prepared } from './prepared'

const IMPORTERS: readonly Importer[] = [prepared, cifarPython, cifarBinary, mnistIdx, imageNet, csvImages, classFolders]

/** The first importer that knows these names, and what it makes of them. */
export function recogniseFiles(
  files: readonly string[],
  chosen: string | null,
): { readonly importer: Importer; readonly guess: Guess } | null {
  for (const importer of IMPORTERS) {
    const guess = importer.recognise(files, chosen)
    if (guess !== null) return { importer, guess }
  }
  return null
}

function importerOf(kind: ImportKind): Importer {
  return IMPORTERS.find((importer) => importer.kind === kind)!
}

export interface Chosen {
  readonly importer: Importer
  readonly guess: Guess
  /** Why files that looked like something else were passed over. */
  readonly notes: readonly string[]
}

const NOTHING_KNOWN: Guess = { classes: null, images: null, hasTest: false, shape: null }

/**
 * The importer of a tree: the kind that was asked for, or the first whose names fit and whose files, where they can be read, do not
 * contradict; null for none.
 */
export async function chooseImporter(
  tree: FileTree,
  kind: ImportKind | null,
  { isReadable }: { readonly isReadable: boolean },
): Promise<Chosen | null> {
  const notes: string[] = []
  for (const importer of kind === null ? IMPORTERS : [importerOf(kind)]) {
    const guess = importer.recognise(tree.files, tree.chosen)
    if (kind !== null) return { importer, guess: guess ?? NOTHING_KNOWN, notes }
    if (guess === null) continue
    // What the user pointed at is meant, whatever else is there.
    const doubt = isReadable && tree.chosen === null ? await importer.doubt?.(tree) : undefined
    const another = doubt == null ? null : otherThan(importer, tree)
    if (doubt == null || another === null) return { importer, guess, notes }
    notes.push(doubt)
  }
  return null
}

/** Who further down the list takes the tree as well, with classes to tell apart. */
function otherThan(importer: Importer, { files, chosen }: FileTree): Importer | null {
  const later = IMPORTERS.slice(IMPORTERS.indexOf(importer) + 1)
  const takes = (one: Importer): boolean => {
    const guess = one.recognise(files, chosen)
    return guess !== null && (guess.classes === null || guess.classes > 1)
  }
  return later.find(takes) ?? null
}
