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

/** Blank ones included; ImageNet has 1.28 million images. */
const MAX_ROWS = 2_000_000
const MAX_CELLS = 20_000_000

const SEPARATOR_LINE = /^sep=(.)\r?\n/i

/** Rows that tell the separator; blank ones would say that there is none. */
const LOOKED_AT = 20
/** Rows longer than this would tell nothing more. */
const LOOKED_AT_LETTERS = 1_000_000

function delimiterOf(table: string): string {
  return Papa.parse<string[]>(table.slice(0, LOOKED_AT_LETTERS), { skipEmptyLines: 'greedy', preview: LOOKED_AT }).meta
    .delimiter
}

/** Whether `letter` comes more than `limit` times; looks no further than that. */
function comesMoreThan(text: string, letter: string, limit: number): boolean {
  let count = 0
  for (let at = text.indexOf(letter); at >= 0; at = text.indexOf(letter, at + 1)) if (++count > limit) return true
  return false
}

const tooLarge = (row: number, message: string): CsvTable => ({ titles: [], rows: [], broken: { row, message } })

/** Never throws; a table that is too large has no titles and no rows. */
export function readCsv(text: string): CsvTable {
  // Each line becomes a list, each cell a text, before anybody can look at them.
  if (comesMoreThan(text, '\n', MAX_ROWS) || comesMoreThan(text, '\r', MAX_ROWS))
    return tooLarge(MAX_ROWS + 1, `A table has at most ${MAX_ROWS} rows`)
  const plain = text.replace(/^\uFEFF/, '')
  const [line = '', given] = SEPARATOR_LINE.exec(plain) ?? []
  const first = line === '' ? 1 : 2
  const table = plain.slice(line.length)
  const delimiter = given ?? delimiterOf(table)
  if (comesMoreThan(table, delimiter, MAX_CELLS)) return tooLarge(first, `A table has at most ${MAX_CELLS} cells`)
  const rows: CsvRow[] = []
  let broken: CsvTable['broken'] = null
  let index = 0
  Papa.parse<string[]>(table, {
    delimiter,
    step: ({ data: cells, errors }) => {
      const row = index++ + first
      // Which separator it is may stay open where there is one column.
      const quotes = errors.find(({ type }) => type === 'Quotes')
      if (quotes !== undefined) broken ??= { row, message: quotes.message }
      if (cells.some((cell) => cell.trim() !== '')) rows.push({ cells, row })
    },
  })
  const [head, ...rest] = rows
  return { titles: (head?.cells ?? []).map((title) => title.trim()), rows: rest, broken }
}
