// The JSON form of a cell: an adjacency matrix as text and the inner operations by name, readable in a run's table and
// equal to the notation of published tables. `Cell` is the form that code works on.
import { z } from 'zod'
import type { AppError } from '../../errors'
import { parseGenotype, refusedGenotype } from '../genotype'
import {
  CELL_OPERATIONS,
  MAX_VERTICES,
  cellProblems,
  edgeBit,
  hasEdge,
  labelsOf,
  packLabels,
  type Cell,
  type CellOperation,
} from './cell'

export const CELL_SPACE = 'nas-bench-101'

export type CellGenotype = {
  readonly space: typeof CELL_SPACE
  /** Rows of zeros and ones joined by `/`; row i column j is the edge i -> j. */
  readonly matrix: string
  /** One per inner vertex. */
  readonly operations: readonly CellOperation[]
}

const cellGenotypeSchema = z.object({
  space: z.literal(CELL_SPACE),
  matrix: z.string().regex(/^[01]{2,7}(\/[01]{2,7}){1,6}$/, 'rows of 0 and 1 joined by "/"'),
  operations: z.array(z.enum(CELL_OPERATIONS)).max(MAX_VERTICES - 2),
})

const TITLE = 'NAS-Bench-101'
const FIX = 'Write the matrix as rows such as "0110/0010/0001/0000" and name one operation per inner vertex.'

/** @throws AppError `invalid-architecture` naming the place and what was expected there. */
export function parseCellGenotype(json: unknown): CellGenotype {
  const genotype = parseGenotype(json, { schema: cellGenotypeSchema, title: TITLE, fix: FIX })
  const problems = cellProblems(cellOf(genotype))
  if (problems[0] !== undefined) throw refusedGenotype(TITLE, problems[0], FIX)
  return genotype
}

/** @throws AppError when rows, columns and operations do not fit one another or an edge points backward. */
export function cellOf(genotype: CellGenotype): Cell {
  const rows = genotype.matrix.split('/')
  const vertices = rows.length
  const refuse = (reason: string): AppError => refusedGenotype(TITLE, reason, FIX)
  if (genotype.operations.length !== vertices - 2)
    throw refuse(`${vertices} rows need ${vertices - 2} operations, received ${genotype.operations.length}`)
  let edges = 0
  rows.forEach((row, from) => {
    if (row.length !== vertices) throw refuse(`matrix row ${from} has ${row.length} columns, expected ${vertices}`)
    for (let to = 0; to < vertices; to++) {
      if (row[to] !== '1') continue
      if (to <= from) throw refuse(`edge ${from} -> ${to} does not point forward`)
      edges |= 1 << edgeBit(from, to)
    }
  })
  return {
    vertices,
    edges,
    labels: packLabels(genotype.operations.map((operation) => CELL_OPERATIONS.indexOf(operation))),
  }
}

/** The operations of the inner vertices by name. */
export function operationsOf(cell: Cell): CellOperation[] {
  return labelsOf(cell).map((label) => CELL_OPERATIONS[label]!)
}

export function cellGenotype(cell: Cell): CellGenotype {
  const rows: string[] = []
  for (let from = 0; from < cell.vertices; from++) {
    let row = ''
    for (let to = 0; to < cell.vertices; to++) row += to > from && hasEdge(cell.edges, from, to) ? '1' : '0'
    rows.push(row)
  }
  return { space: CELL_SPACE, matrix: rows.join('/'), operations: operationsOf(cell) }
}
