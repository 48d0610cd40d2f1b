// A NAS-Bench-101 cell as three small integers, so that the whole space can be walked in memory: limits, validity and
// pruning (Ying et al. 2019, "NAS-Bench-101"). Equality of cells belongs to canonical.ts, layers to cell-layers.ts.

export const CELL_OPERATIONS = ['conv1x1', 'conv3x3', 'maxpool3x3'] as const
export type CellOperation = (typeof CELL_OPERATIONS)[number]

/** Published limits of the space, input and output vertex included. */
export const MAX_VERTICES = 7
export const MAX_EDGES = 9

/**
 * Vertex 0 is the input, vertex `vertices - 1` the output; every edge goes from a lower to a higher vertex.
 * `edges`: bit `edgeBit(from, to)` per edge. `labels`: base 3, digit `v - 1` is the operation of vertex v.
 */
export interface Cell {
  readonly vertices: number
  readonly edges: number
  readonly labels: number
}

/** Bit index of the edge `from -> to`, `from < to`; column by column, so that it does not depend on the vertex count. */
export function edgeBit(from: number, to: number): number {
  return (to * (to - 1)) / 2 + from
}

/** Number of possible edges, 0-21. */
export function edgeSlots(vertices: number): number {
  return (vertices * (vertices - 1)) / 2
}

export function hasEdge(edges: number, from: number, to: number): boolean {
  return ((edges >>> edgeBit(from, to)) & 1) === 1
}

/** Edges as `[from, to]`, ordered by target and then source. */
export function edgeList(cell: Pick<Cell, 'vertices' | 'edges'>): (readonly [number, number])[] {
  const list: (readonly [number, number])[] = []
  for (let to = 1; to < cell.vertices; to++)
    for (let from = 0; from < to; from++) if (hasEdge(cell.edges, from, to)) list.push([from, to])
  return list
}

export function edgesFrom(list: readonly (readonly [number, number])[]): number {
  return list.reduce((edges, [from, to]) => edges | (1 << edgeBit(from, to)), 0)
}

export function countEdges(edges: number): number {
  let count = 0
  for (let rest = edges; rest !== 0; rest &= rest - 1) count++
  return count
}

/** Operation indices of the inner vertices, vertex 1 first. */
export function labelsOf(cell: Pick<Cell, 'vertices' | 'labels'>): number[] {
  const digits: number[] = []
  for (let vertex = 1, rest = cell.labels; vertex < cell.vertices - 1; vertex++, rest = Math.floor(rest / 3))
    digits.push(rest % 3)
  return digits
}

/** Inverse of `labelsOf`. */
export function packLabels(digits: readonly number[]): number {
  let code = 0
  for (let i = digits.length - 1; i >= 0; i--) code = code * 3 + digits[i]!
  return code
}

/**
 * Without the vertices that lie on no path from input to output, the rest renumbered in order.
 * `undefined` when the output cannot be reached from the input.
 */
export function pruneCell(cell: Cell): Cell | undefined {
  const last = cell.vertices - 1
  const reached = new Array<boolean>(cell.vertices).fill(false)
  const useful = new Array<boolean>(cell.vertices).fill(false)
  reached[0] = true
  for (let to = 1; to <= last; to++)
    for (let from = 0; from < to; from++) if (reached[from] && hasEdge(cell.edges, from, to)) reached[to] = true
  useful[last] = true
  for (let from = last - 1; from >= 0; from--)
    for (let to = from + 1; to <= last; to++) if (useful[to] && hasEdge(cell.edges, from, to)) useful[from] = true
  if (!reached[last]) return undefined
  const kept: number[] = []
  for (let vertex = 0; vertex <= last; vertex++) if (reached[vertex] && useful[vertex]) kept.push(vertex)
  if (kept.length === cell.vertices) return cell
  const digits = labelsOf(cell)
  let edges = 0
  kept.forEach((to, newTo) => {
    for (let newFrom = 0; newFrom < newTo; newFrom++)
      if (hasEdge(cell.edges, kept[newFrom]!, to)) edges |= 1 << edgeBit(newFrom, newTo)
  })
  return { vertices: kept.length, edges, labels: packLabels(kept.slice(1, -1).map((vertex) => digits[vertex - 1]!)) }
}

/** Why a cell is outside the space; empty when it is inside. A cell with dead vertices is inside when pruning leaves one. */
export function cellProblems(cell: Cell): string[] {
  const problems: string[] = []
  if (!Number.isInteger(cell.vertices) || cell.vertices < 2 || cell.vertices > MAX_VERTICES)
    return [`a cell has 2 to ${MAX_VERTICES} vertices, received ${cell.vertices}`]
  const edges = countEdges(cell.edges)
  if (edges > MAX_EDGES) problems.push(`a cell has at most ${MAX_EDGES} edges, received ${edges}`)
  if (cell.edges >>> edgeSlots(cell.vertices) !== 0) problems.push('an edge names a vertex that the cell does not have')
  if (cell.labels < 0 || cell.labels >= 3 ** (cell.vertices - 2))
    problems.push('the labels do not fit the inner vertices')
  if (problems.length === 0 && pruneCell(cell) === undefined)
    problems.push('no path leads from the input to the output')
  return problems
}
