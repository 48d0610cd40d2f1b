// A CSV file with a row for every image: columns image and label, and split where it is given. Paths are below the CSV file's
// folder.
import { createReadStream } from 'node:fs'
import path from 'node:path'
import Papa from 'papaparse'
import type { FileTree } from '../files/file-tree'
import { damagedFile } from './damaged'
import type { Importer } from './importer'
import { isImage } from './image-names'
import { classesOf, partsOf, splitsOf, type LabelledFile } from './labelled-files'

/** Taken for the table when nobody pointed at one. */
const USUAL_NAMES = /^(index|labels?|annotations?|metadata|dataset|data|images|train)\.csv$/i
/** Other tools' names for the same columns; "x:" and "y:" are Neural Network Console's. */
const COLUMNS = {
  image: /^(x:)?(image|images|file|filename|file_name|path|image_path)$/i,
  label: /^(y:)?(label|labels|class|category|target)$/i,
  split: /^(split|set|subset)$/i,
} as const

export const csvImages: Importer = {
  kind: 'csv-images',
  recognise: (files, chosen) => {
    if (tableOf(files, chosen) === null || !files.some(isImage)) return null
    return { classes: null, images: null, hasTest: false, shape: null }
  },
  open: async (tree) => {
    const table = tableOf(tree.files, tree.chosen)
    if (table === null) throw damagedFile(tree.root, 'it holds no CSV file that could name the images')
    const rows = await readRows(tree, table)
    const splits = splitsOf([...new Set(rows.map(({ split }) => split))])
    const files = labelled(tree, table, rows, splits.of)
    const classes = classesOf(files)
    return { classes, shape: null, parts: partsOf(tree, files, classes), notes: splits.notes }
  },
}

function tableOf(files: readonly string[], chosen: string | null): string | null {
  if (chosen !== null) return /\.csv$/i.test(chosen) ? chosen : null
  return files.find((file) => USUAL_NAMES.test(file)) ?? null
}

interface Row {
  readonly image: string
  readonly label: string
  readonly split: string
}

function readRows(tree: FileTree, table: string): Promise<Row[]> {
  const rows: Row[] = []
  let columns: Record<keyof typeof COLUMNS, number> | undefined
  let line = 0
  return new Promise((resolve, reject) => {
    Papa.parse<string[]>(createReadStream(tree.place(table)), {
      skipEmptyLines: 'greedy',
      step: ({ data, errors }, parser) => {
        line++
        const fail = (reason: string): void => {
          // First: aborting completes.
          reject(damagedFile(table, reason))
          parser.abort()
        }
        // Which delimiter it is may stay open where there is one column; then the columns are missing anyway.
        const error = errors.find(({ type }) => type === 'Quotes')
        if (error !== undefined) return fail(`row ${line}: ${error.message}`)
        if (columns === undefined) {
          const find = (name: keyof typeof COLUMNS): number =>
            data.findIndex((title) => COLUMNS[name].test(title.replace(/^\uFEFF/, '').trim()))
          columns = { image: find('image'), label: find('label'), split: find('split') }
          if (columns.image < 0 || columns.label < 0) {
            fail(`its first row should name the columns image and label, it is "${data.join(',').slice(0, 80)}"`)
          }
          return
        }
        const cell = (at: number): string => (at < 0 ? '' : (data[at] ?? '').trim())
        rows.push({ image: cell(columns.image), label: cell(columns.label), split: cell(columns.split) })
      },
      complete: () => (rows.length > 0 ? resolve(rows) : reject(damagedFile(table, 'it names no images'))),
      error: (cause) => reject(damagedFile(table, cause.message, cause)),
    })
  })
}

function labelled(
  tree: FileTree,
  table: string,
  rows: readonly Row[],
  splitOf: (name: string) => LabelledFile['split'],
): LabelledFile[] {
  const present = new Set(tree.files)
  const seen = new Map<string, string>()
  const hasSplits = rows.some(({ split }) => splitOf(split) !== null)
  return rows.map(({ image, label, split }, index): LabelledFile => {
    const inner = path.posix.join(path.posix.dirname(table), image.replace(/\\/g, '/'))
    const known = splitOf(split)
    const unusable = (reason: string): LabelledFile => ({
      file: image === '' ? `${table}, row ${index + 2}` : image,
      split: known ?? (hasSplits ? 'train' : null),
      className: null,
      reason,
    })
    if (image === '') return unusable('names no image')
    if (path.isAbsolute(image) || inner.startsWith('../')) return unusable('lies outside the folder of the table')
    if (!present.has(inner)) return unusable('is not there')
    if (label === '') return unusable('has no label')
    if (hasSplits && known === null) return unusable(`belongs to no split: "${split}" is not train, val or test`)
    const before = seen.get(inner)
    if (before !== undefined)
      return unusable(before === label ? 'is named twice' : `is labelled "${before}" and "${label}"`)
    seen.set(inner, label)
    return { file: inner, split: known, className: label }
  })
}
