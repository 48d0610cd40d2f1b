// What every importer does: say from names alone whether a folder is its kind, then tell classes, labels and images. Sizes,
// decoding, splits and writing are the same for all and live in ../importing.
import type { ImportKind, SplitFolders } from '@shared/contract/datasets'
import type { FileTree } from '../files/file-tree'
import type { ImageSource } from '../images/batch'
import type { SplitName } from '../manifest'

/** In `labels`: this one cannot be used, its item says why. */
export const NO_CLASS = 0xffff

/** One image, named for reports by file and position; or why there is none. */
export type ImportItem =
  { readonly name: string; readonly source: ImageSource } | { readonly name: string; readonly reason: string }

/** Images that belong together. */
export interface ImportPart {
  /** null where the format does not say: a stratified share becomes the test split. */
  readonly split: SplitName | null
  /** Class of every image, in order. */
  readonly labels: Uint16Array
  /** Exactly one item for every label, in their order, read as they are asked for. */
  items(signal: AbortSignal): AsyncGenerator<ImportItem>
}

export interface ImportPlan {
  readonly classes: readonly string[]
  /** `[height, width, channels]` where the format fixes it. */
  readonly shape: readonly [number, number, number] | null
  readonly parts: readonly ImportPart[]
  /** Choices made that the user should know. */
  readonly notes: readonly string[]
  /** Classes that are there without an image, and why that may be. */
  readonly emptyClasses?: ReadonlyMap<string, string>
}

export interface OpenOptions {
  readonly signal: AbortSignal
  /** What the user said about folders; of class folders only. */
  readonly splits: SplitFolders | null
}

export interface Guess {
  /** null where only reading the files tells. */
  readonly classes: number | null
  readonly images: number | null
  readonly hasTest: boolean
  readonly shape: readonly [number, number, number] | null
}

export interface Importer {
  readonly kind: ImportKind
  /** What the names look like: null when they are not this kind. @param chosen the file the user pointed at */
  recognise(files: readonly string[], chosen: string | null): Guess | null
  /** Why the files are not this kind after all, although their names are; null where they are. Looks at the beginning only. */
  doubt?(tree: FileTree): Promise<string | null>
  /** @throws AppError `dataset-damaged`, `invalid-input` when the files cannot be what they look like */
  open(tree: FileTree, options: OpenOptions): Promise<ImportPlan>
}
