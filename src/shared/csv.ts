// Tables that people bring, from the text of a CSV file to rows: separators found, Excel's first line "sep=;" understood, blank rows
// passed over without losing count. Quoting is papaparse's; decoding the bytes is src/node/text-file.ts's.
import Papa from 'papaparse'

export interface CsvRow {
  readonly cells: readonly string[]
  /** Of the row in the file, from 1. */
  readonly row: number
}

export interface CsvTable {
  /** The first row, trimmed; empty where the file is. */
  readonly titles: readonly string[]
  readonly rows: readonly CsvRow[]
  /** Quotation that does not end, for example; the rows behind it mean nothing. */
  readonly broken: { readonly row: number; readonly message: string } | null
}

const SEPARATOR_LINE = /^sep=(.)\r?\n/i

/** Rows that tell the separator; blank ones would say that there is none. */
const LOOKED_AT = 20

function delimiterOf(table: string): string {
  return Papa.parse<string[]>(table, { skipEmptyLines: 'greedy', preview: LOOKED_AT }).meta.delimiter
}

export function readCsv(text: string): CsvTable {
  const plain = text.replace(/^\uFEFF/, '')
  const [line = '', delimiter] = SEPARATOR_LINE.exec(plain) ?? []
  const first = line === '' ? 1 : 2
  const table = plain.slice(line.length)
  const { data, errors } = Papa.parse<string[]>(table, { delimiter: delimiter ?? delimiterOf(table) })
  // Which separator it is may stay open where there is one column.
  const broken = errors.find(({ type }) => type === 'Quotes')
  const rows = data
    .map((cells, index) => ({ cells, row: index + first }))
    .filter(({ cells }) => cells.some((cell) => cell.trim() !== ''))
  const [head, ...rest] = rows
  return {
    titles: (head?.cells ?? []).map((title) => title.trim()),
    rows: rest,
    broken: broken === undefined ? null : { row: (broken.row ?? 0) + first, message: broken.message },
  }
}
