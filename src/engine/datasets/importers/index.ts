// The importers in the order in which they are tried: the strictest names first.
import type { ImportKind } from '@shared/contract/datasets'
import { cifarBinary } from './cifar-binary'
import { cifarPython } from './cifar-python'
import { classFolders } from './class-folders'
import { csvImages } from './csv-images'
import { imageNet } from './imagenet'
import type { Guess, Importer } from './importer'
import { mnistIdx } from './mnist-idx'
import { prepared } from './prepared'

export const IMPORTERS: readonly Importer[] = [
  prepared,
  cifarPython,
  cifarBinary,
  mnistIdx,
  imageNet,
  csvImages,
  classFolders,
]

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

export function importerOf(kind: ImportKind): Importer {
  return IMPORTERS.find((importer) => importer.kind === kind)!
}
