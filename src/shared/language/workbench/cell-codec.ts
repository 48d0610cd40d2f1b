// NAS-Bench-101 cells in preset `workbench`: each inner vertex is its operation and where its inputs come from, the
// output vertex is `output` and where its inputs come from. Lossless, connections included.
import { AppError } from '../../errors'
import {
  CELL_OPERATIONS,
  MAX_VERTICES,
  edgeBit,
  hasEdge,
  labelsOf,
  packLabels,
  type Cell,
} from '../../spaces/nas-bench-101/cell'
import { fromToken, operationToken } from './generate-vocabulary'
import { describeWorkbenchToken, tokenId } from './vocabulary'

export const OUTPUT = tokenId('output')
export const OPERATION_IDS: readonly number[] = CELL_OPERATIONS.map((operation) => tokenId(operationToken(operation)))
/** Index is the vertex. */
export const FROM_IDS: readonly number[] = Array.from({ length: MAX_VERTICES - 1 }, (_, v) => tokenId(fromToken(v)))

/** No `<start>`, `<end>` or space around the tokens. At most 5 operations, `output` and 9 connections. */
export function encodeCell(cell: Cell): number[] {
  const labels = labelsOf(cell)
  const tokens: number[] = []
  for (let to = 1; to < cell.vertices; to++) {
    tokens.push(to === cell.vertices - 1 ? OUTPUT : OPERATION_IDS[labels[to - 1]!]!)
    for (let from = 0; from < to; from++) if (hasEdge(cell.edges, from, to)) tokens.push(FROM_IDS[from]!)
  }
  return tokens
}

/** Inverse of `encodeCell`. @throws AppError `invalid-input` naming the token that does not belong there. */
export function decodeCell(tokens: readonly number[]): Cell {
  const labels: number[] = []
  let edges = 0
  let vertex = 0
  let isClosed = false
  tokens.forEach((token, i) => {
    const from = FROM_IDS.indexOf(token)
    const label = OPERATION_IDS.indexOf(token)
    if (from >= 0 && from < vertex) edges |= 1 << edgeBit(from, vertex)
    else if (from < 0 && !isClosed && vertex < MAX_VERTICES - 1 && (label >= 0 || token === OUTPUT)) {
      vertex++
      isClosed = token === OUTPUT
      if (!isClosed) labels.push(label)
    } else
      throw new AppError('invalid-input', `"${describeWorkbenchToken(token)}" does not belong at token ${i} of a cell.`)
  })
  if (!isClosed) throw new AppError('invalid-input', 'The cell ends before its output.')
  return { vertices: vertex + 1, edges, labels: packLabels(labels) }
}
