// The measured cells of the corpus: NAS-Bench-101 cells of at most five vertices, trained for four epochs (EC-NAS-Bench, MIT). The
// table is not part of the product; no table that a benchmark of ours searches may take its place (docs/rules.md#labels).
import { jStat } from 'jstat'
import { readCsv } from '../../csv'
import { AppError } from '../../errors'
import { quoted } from '../../quoted'
import { operation, type Operation } from '../../language/graphs/operation'
import { INPUT, prune, type OperationGraph } from '../../language/graphs/operation-graph'
import { QUALITIES } from '../operation-tokens'

export interface MeasuredCell {
  readonly graph: OperationGraph
  /** Mean accuracy over its runs. */
  readonly accuracy: number
  /** Normal quantile of its rank. */
  readonly quantile: number
  /** Its fifth, worst first. */
  readonly quality: number
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  A: operation('convolution', 3),
  B: operation('convolution', 1),
  P: operation('pool', 3),
}

const COLUMNS = ['hash', 'matrix', 'ops', 'val_acc_4ep'] as const

/** @throws AppError `invalid-input` naming the row that cannot be read */
function graphOf(matrix: string, operations: string, row: number): OperationGraph {
  const rows = matrix.split('/')
  const sources = (to: number): number[] =>
    rows.flatMap((line, from) => (from < to && line[to] === '1' ? [from === 0 ? INPUT : from - 1] : []))
  const nodes = [...operations].slice(1, -1).map((letter, i) => {
    const found = OPERATIONS[letter]
    if (found === undefined)
      throw new AppError(
        'invalid-input',
        `Row ${row} of the measured cells has the operation "${letter}"; expected one of A, B and P between I and O.`,
      )
    return { operation: found, from: sources(i + 1) }
  })
  return prune({ nodes, output: sources(operations.length - 1) })
}

/**
 * @param text of a table with the columns hash, matrix, ops and val_acc_4ep, a row for each run of a cell
 * @throws AppError `invalid-input` for columns that are missing, or a row that cannot be read
 */
export function measuredCells(text: string): MeasuredCell[] {
  const table = readCsv(text)
  if (table.broken !== null)
    throw new AppError('invalid-input', `Row ${table.broken.row} of the measured cells: ${table.broken.message}.`)
  const places = COLUMNS.map((name) => {
    const place = table.titles.indexOf(name)
    if (place < 0)
      throw new AppError(
        'invalid-input',
        `The table of measured cells has no column ${name}; it has ${table.titles.join(', ')}.`,
        `Give the table of four-epoch trainings with the columns ${COLUMNS.join(', ')}.`,
      )
    return place
  })
  const cells = new Map<string, { graph: OperationGraph; accuracies: number[] }>()
  for (const { cells: fields, row } of table.rows) {
    const [hash = '', matrix = '', operations = '', accuracy = ''] = places.map((place) => fields[place] ?? '')
    const value = Number(accuracy)
    if (accuracy === '' || !Number.isFinite(value))
      throw new AppError('invalid-input', `Row ${row} of the measured cells has no accuracy: ${quoted(accuracy)}.`)
    const known = cells.get(hash) ?? { graph: graphOf(matrix, operations, row), accuracies: [] }
    known.accuracies.push(value)
    cells.set(hash, known)
  }
  const means = [...cells.values()].map(({ graph, accuracies }) => ({
    graph,
    accuracy: accuracies.reduce((sum, value) => sum + value, 0) / accuracies.length,
  }))
  return rankedCells(means)
}

/** Ranks as quantiles and fifths; equal accuracies keep their order. */
export function rankedCells(cells: readonly { graph: OperationGraph; accuracy: number }[]): MeasuredCell[] {
  const order = [...cells.keys()].sort((a, b) => cells[a]!.accuracy - cells[b]!.accuracy || a - b)
  const ranks = new Map(order.map((index, rank) => [index, rank]))
  return cells.map((cell, index) => {
    const rank = ranks.get(index) ?? 0
    return {
      ...cell,
      quantile: jStat.normal.inv((rank + 0.5) / cells.length, 0, 1),
      quality: Math.floor((rank * (QUALITIES - 1)) / cells.length),
    }
  })
}
