// How a cell's vertices are connected (Ying et al. 2019, section 2.1), written once for layers (cell-layers.ts) and for
// documents (cell-document.ts): what comes from the input is projected, inner inputs are summed, what feeds the output is
// concatenated, and a direct edge from input to output is added to that.
import { hasEdge, labelsOf, type Cell } from './cell'

/** `share` is the width of one branch, `whole` that of all branches side by side. */
export type CellWidth = 'share' | 'whole'

/** Whoever writes; every call returns the id of what it wrote. Names are unique in the cell. */
export interface CellParts {
  /** Stands between the parts of a name. */
  readonly between: string
  /** Convolution, batch norm, ReLU; keeps height and width. */
  convolution(name: string, size: 1 | 3, width: CellWidth, input: string): string
  /** 3x3 max pooling; keeps height and width. */
  pool(name: string, input: string): string
  add(name: string, inputs: readonly string[]): string
  concatenate(name: string, inputs: readonly string[]): string
}

/** Kernels by operation, in the order of `CELL_OPERATIONS`; pooling has none. */
const KERNELS = [1, 3] as const

/** Inner vertices that feed the output. Every inner vertex of a pruned cell leads to one, so all have the width of a branch. */
export function branchesOf(cell: Cell): number[] {
  const last = cell.vertices - 1
  const branches: number[] = []
  for (let vertex = 1; vertex < last; vertex++) if (hasEdge(cell.edges, vertex, last)) branches.push(vertex)
  return branches
}

/** Channels of one branch where `channels` are shared: rounded down, so that no layer has to cut. */
export const shareOf = (channels: number, branches: number): number => Math.floor(channels / Math.max(1, branches))

/** Channels of all branches together: the largest multiple of their number within `channels`. */
export const wholeOf = (channels: number, branches: number): number =>
  shareOf(channels, branches) * Math.max(1, branches)

/** @param cell pruned, as `canonicalCell` returns it; @returns the id of the cell's output */
export function wireCell(cell: Cell, input: string, parts: CellParts): string {
  const last = cell.vertices - 1
  const operations = labelsOf(cell)
  const { between } = parts
  const outputs: string[] = [input]
  for (let vertex = 1; vertex < last; vertex++) {
    const name = `v${vertex}`
    const sources: string[] = []
    for (let from = 1; from < vertex; from++) if (hasEdge(cell.edges, from, vertex)) sources.push(outputs[from]!)
    if (hasEdge(cell.edges, 0, vertex))
      sources.push(parts.convolution(`${name}${between}projection`, 1, 'share', input))
    const value = sources.length === 1 ? sources[0]! : parts.add(`${name}${between}sum`, sources)
    const size = KERNELS[operations[vertex - 1]!]
    outputs[vertex] =
      size === undefined ? parts.pool(`${name}${between}pool`, value) : parts.convolution(name, size, 'share', value)
  }
  const branches = branchesOf(cell).map((vertex) => outputs[vertex]!)
  const projected = (): string => parts.convolution('projection', 1, 'whole', input)
  if (branches.length === 0) return projected()
  const joined = branches.length === 1 ? branches[0]! : parts.concatenate('join', branches)
  return hasEdge(cell.edges, 0, last) ? parts.add('sum', [joined, projected()]) : joined
}
