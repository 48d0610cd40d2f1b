// A CSV file with a row for every image: columns image and label, and split where it is given. Paths are below the CSV file's
// folder; which file a row means is find-image.ts's.
import path from 'node:path'
import { AppError } from '@shared/errors'
import { readCsv } from '@shared/csv'
import { MIB } from '@shared/units'
import { readTextFile } from '@node/text-file'
import type { FileTree } from '../files/file-tree'
import { damagedFile } from './damaged'
import { imageFinder } from './find-image'
import { isImage } from './image-names'
import type { Importer } from './importer'
import { classesOf, partsOf, splitsOf, type LabelledFile } from './labelled-files'

/** Taken for the table when nobody pointed at one. */
const USUAL_NAMES = /^(index|labels?|annotations?|metadata|dataset|data|images|train)\.csv$/i
/** Other tools' names for the same columns; "x:" and "y:" are Neural Network Console's. */
const COLUMNS = {
  image: /^(x:)?(image|images|file|filename|file_name|path|image_path)$/i,
  label: /^(y:)?(label|labels|class|category|target)$/i,
  split: /^(split|set|subset)$/i,
} as const
/** ImageNet's 1.28 million rows have 60 MB. */
const MAX_TABLE_BYTES = 512 * MIB
/** Rows that the message of an unusable table names. */
const NAMED_ROWS = 3
/** Rows looked at before a table is called one of other files. */
const TRIED_ROWS = 1000

export const csvImages: Importer = {
  kind: 'csv-images',
  recognise: (files, chosen) => {
    if (tableOf(files, chosen) === null || !files.some(isImage)) return null
    return { classes: null, images: null, hasTest: false, shape: null }
  },
  doubt: async (tree) => {
    const table = tableOf(tree.files, tree.chosen)!
    const { rows, missing, broken } = await readTable(tree, table)
    if (missing !== null)
      return `${table} was left out: ${broken === null ? missing : `row ${broken.row}: ${broken.message}`}.`
    const finder = imageFinder(tree, table)
    const tried = rows.slice(0, TRIED_ROWS)
    const isOther = tried.length > 0 && tried.every(({ image }) => !('file' in finder.find(image)))
    return isOther ? `${table} was left out: it names no image that is here, for example ${tried[0]!.image}.` : null
  },
  open: async (tree) => {
    const table = tableOf(tree.files, tree.chosen)
    if (table === null) throw damagedFile(tree.root, 'it holds no CSV file that could name the images')
    const { rows, missing, broken, notes } = await readTable(tree, table)
    if (broken !== null) throw damagedFile(table, `row ${broken.row}: ${broken.message}`)
    if (missing !== null) throw damagedFile(table, missing)
    if (rows.length === 0) throw damagedFile(table, 'it names no images')
    const splits = splitsOf([...new Set(rows.map(({ split }) => split))])
    const finder = imageFinder(tree, table)
    const files = labelled(rows, table, finder.find, splits.of)
    refuseUnusable(table, files)
    const classes = classesOf(files)
    return {
      classes,
      shape: null,
      parts: partsOf(tree, files, classes),
      notes: [...notes, ...finder.notes(), ...splits.notes],
    }
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
  /** In the table, from 1. */
  readonly row: number
}

/** `missing`: why it names no images and labels at all. @throws AppError when it cannot be read */
async function readTable(tree: FileTree, table: string) {
  const decoded = await readTextFile(tree.place(table), { what: 'table of images', maxBytes: MAX_TABLE_BYTES })
  const { titles, rows: raw, broken } = readCsv(decoded.text)
  const find = (name: keyof typeof COLUMNS): number => titles.findIndex((title) => COLUMNS[name].test(title))
  const columns = { image: find('image'), label: find('label'), split: find('split') }
  const shown = titles.join(',').slice(0, 80)
  const missing =
    columns.image < 0 || columns.label < 0
      ? `its first row should name the columns image and label, it is "${shown}"`
      : null
  const rows = raw.map(({ cells, row }): Row => {
    const cell = (at: number): string => (at < 0 ? '' : (cells[at] ?? '').trim())
    return { image: cell(columns.image), label: cell(columns.label), split: cell(columns.split), row }
  })
  const { labels, note } = wholeNumbers(rows.map(({ label }) => label))
  const notes = note === null ? [] : [note]
  if (decoded.strangeLine !== null)
    notes.push(
      `${table} is not UTF-8 (line ${decoded.strangeLine}): it was read as Windows-1252. Save it as UTF-8 if class names look wrong.`,
    )
  return { rows: rows.map((row, i) => ({ ...row, label: labels[i]! })), missing, broken, notes }
}

/** "0.0" is the class 0 where every label is a whole number: spreadsheets and pandas write it so. */
function wholeNumbers(labels: readonly string[]): { labels: readonly string[]; note: string | null } {
  const isNumeric = labels.every((label) => label === '' || /^\d+(\.0+)?$/.test(label))
  if (!isNumeric || !labels.some((label) => label.includes('.'))) return { labels, note: null }
  return {
    labels: labels.map((label) => label.replace(/\.0+$/, '')),
    note: 'Labels like 1.0 were read as the whole numbers that they are.',
  }
}

function labelled(
  rows: readonly Row[],
  table: string,
  find: (image: string) => { file: string } | { reason: string },
  splitOf: (name: string) => LabelledFile['split'],
): LabelledFile[] {
  const seen = new Map<string, string>()
  const hasSplits = rows.some(({ split }) => splitOf(split) !== null)
  return rows.map(({ image, label, split, row }): LabelledFile => {
    const known = splitOf(split)
    const unusable = (reason: string): LabelledFile => ({
      file: image === '' ? `${table}, row ${row}` : image,
      split: known ?? (hasSplits ? 'train' : null),
      className: null,
      reason,
    })
    if (image === '') return unusable('names no image')
    const found = find(image)
    if ('reason' in found) return unusable(found.reason)
    if (label === '') return unusable('has no label')
    if (hasSplits && known === null) return unusable(`belongs to no split: "${split}" is not train, val or test`)
    const before = seen.get(found.file)
    if (before !== undefined)
      return unusable(before === label ? 'is named twice' : `is labelled "${before}" and "${label}"`)
    seen.set(found.file, label)
    return { file: found.file, split: known, className: label }
  })
}

/** @throws AppError `invalid-input` when no row can be used, with the reasons of the first ones */
function refuseUnusable(table: string, files: readonly LabelledFile[]): void {
  if (files.some(({ className }) => className !== null)) return
  const shown = files.slice(0, NAMED_ROWS).map(({ file, reason }) => `${file} ${reason}`)
  throw new AppError(
    'invalid-input',
    `None of the ${files.length} rows of ${table} can be used: ${shown.join('; ')}${files.length > NAMED_ROWS ? '; …' : ''}.`,
    `Name the images by their paths below ${path.posix.dirname(table) === '.' ? 'the folder of the table' : path.posix.dirname(table)}.`,
  )
}
