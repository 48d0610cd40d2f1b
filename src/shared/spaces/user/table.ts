// The table of a user-defined space: measured architectures by key, read from the text of a CSV file. Whoever has the file
// gives the text; lines and columns are named when something is wrong.
import { nearMisses } from '../../architecture/near-misses'
import { readCsv } from '../../csv'
import { AppError } from '../../errors'
import { quoted } from '../../quoted'
import type { Measurement } from '../space'
import { isRead, type KeyCodec } from './key'
import type { UserSpaceFile } from './space-file'

export interface SpaceTable {
  readonly costNames: readonly string[]
  /** By key, in the order of the file. */
  readonly rows: ReadonlyMap<string, Measurement>
}

type TableColumns = NonNullable<UserSpaceFile['table']>

const FIX = 'The first line names the columns; every further line is one architecture. docs/spaces.md has an example.'
const refused = ({ file }: TableColumns, reason: string): AppError =>
  new AppError('invalid-input', `Table ${file}: ${reason}.`, FIX)

function columnIndex(table: TableColumns, header: readonly string[], name: string, role: string): number {
  const index = header.indexOf(name)
  if (index >= 0 && header.lastIndexOf(name) !== index)
    throw refused(table, `line 1: there are two columns ${quoted(name)}, expected one`)
  if (index >= 0) return index
  const near = nearMisses(name, header)
  throw refused(
    table,
    `line 1: there is no column "${name}" (${role})${near.length > 0 ? `; did you mean ${near.join(' or ')}?` : ` among ${header.join(', ')}`}`,
  )
}

/** A number, undefined for an empty cell, or NaN for what is neither. */
function cellNumber(text: string | undefined): number | undefined {
  const trimmed = (text ?? '').trim()
  if (trimmed === '') return undefined
  const value = Number(trimmed)
  return Number.isFinite(value) ? value : NaN
}

/**
 * @param text of a CSV file with a header; separators `,`, `;` or tab
 * @throws AppError `invalid-input` with the line: missing columns, keys outside the space or given twice, no numbers
 */
export function readSpaceTable(text: string, table: TableColumns, keys: KeyCodec): SpaceTable {
  const { titles: names, rows: lines, broken } = readCsv(text)
  if (broken !== null) throw refused(table, `line ${broken.row}: ${broken.message.toLowerCase()}`)
  if (lines.length === 0) throw refused(table, 'it has no rows')
  const key = columnIndex(table, names, table.key, 'key')
  const fitness = columnIndex(table, names, table.fitness, 'fitness')
  const report = table.report === undefined ? -1 : columnIndex(table, names, table.report, 'report')
  const costs = table.costs.map((name) => columnIndex(table, names, name, 'cost'))

  const rows = new Map<string, Measurement>()
  lines.forEach(({ cells, row: line }) => {
    const number = (column: number): number | undefined => {
      const value = cellNumber(cells[column])
      if (Number.isNaN(value))
        throw refused(
          table,
          `line ${line}, column ${names[column]}: expected a number, received ${quoted(cells[column] ?? '')}`,
        )
      return value
    }
    const text = (cells[key] ?? '').trim()
    const read = keys.read(text)
    if (!isRead(read)) throw refused(table, `line ${line}, column ${table.key}: ${read.reason}`)
    if (rows.has(text)) throw refused(table, `line ${line}, column ${table.key}: ${quoted(text)} was given before`)
    const value = number(fitness)
    if (value === undefined)
      throw refused(table, `line ${line}, column ${table.fitness}: expected a number, it is empty`)
    rows.set(text, { fitness: value, report: report < 0 ? undefined : number(report), costs: costs.map(number) })
  })
  return { costNames: table.costs, rows }
}
