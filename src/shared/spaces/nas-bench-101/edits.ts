// One-step edits of a cell (relabel, toggle an edge, insert a vertex, delete a vertex), the crossover of two cells and
// the number of edits between them. Every result is pruned and canonical. NAS-Bench-101's own example script mutates
// the unpruned matrix; here the genotype is the pruned cell, so growth needs an edit of its own: inserting a vertex.
import type { Random } from '../../random'
import { canonicalCell } from './canonical'
import {
  CELL_OPERATIONS,
  MAX_VERTICES,
  edgeBit,
  edgeList,
  edgesFrom,
  hasEdge,
  labelsOf,
  packLabels,
  type Cell,
} from './cell'

export type CellEdit = 'relabel' | 'toggle-edge' | 'insert-vertex' | 'delete-vertex'
export const CELL_EDITS: readonly CellEdit[] = ['relabel', 'toggle-edge', 'insert-vertex', 'delete-vertex']

/** Attempts at a crossover that differs from both parents; beyond it the parents are too alike to be worth more. */
const CROSSOVER_TRIES = 20

function relabelled(cell: Cell): Cell[] {
  const digits = labelsOf(cell)
  return digits.flatMap((digit, i) =>
    CELL_OPERATIONS.flatMap((_, label) =>
      label === digit ? [] : [{ ...cell, labels: packLabels(digits.map((old, j) => (j === i ? label : old))) }],
    ),
  )
}

function toggled(cell: Cell): Cell[] {
  const results: Cell[] = []
  for (let to = 1; to < cell.vertices; to++)
    for (let from = 0; from < to; from++) results.push({ ...cell, edges: cell.edges ^ (1 << edgeBit(from, to)) })
  return results
}

/** A new vertex in the place just before `to`, fed by `from` and feeding `to`. */
function inserted(cell: Cell): Cell[] {
  if (cell.vertices === MAX_VERTICES) return []
  const digits = labelsOf(cell)
  const results: Cell[] = []
  for (let to = 1; to < cell.vertices; to++)
    for (let from = 0; from < to; from++) {
      const moved = (vertex: number): number => (vertex >= to ? vertex + 1 : vertex)
      const edges = edgesFrom([
        ...edgeList(cell).map(([a, b]) => [moved(a), moved(b)] as const),
        [from, to],
        [to, to + 1],
      ])
      for (let label = 0; label < CELL_OPERATIONS.length; label++) {
        const labels = packLabels([...digits.slice(0, to - 1), label, ...digits.slice(to - 1)])
        results.push({ vertices: cell.vertices + 1, edges, labels })
      }
    }
  return results
}

function deleted(cell: Cell): Cell[] {
  const digits = labelsOf(cell)
  return digits.map((_, i) => {
    const gone = i + 1
    const moved = (vertex: number): number => (vertex > gone ? vertex - 1 : vertex)
    const rest = edgeList(cell).filter(([from, to]) => from !== gone && to !== gone)
    return {
      vertices: cell.vertices - 1,
      edges: edgesFrom(rest.map(([from, to]) => [moved(from), moved(to)] as const)),
      labels: packLabels(digits.filter((__, j) => j !== i)),
    }
  })
}

const EDITS: Readonly<Record<CellEdit, (cell: Cell) => Cell[]>> = {
  relabel: relabelled,
  'toggle-edge': toggled,
  'insert-vertex': inserted,
  'delete-vertex': deleted,
}

export function cellKey(cell: Cell): string {
  return `nb101-${cell.vertices}-${cell.edges.toString(36)}-${cell.labels.toString(36)}`
}

/** Unique valid cells that one edit of that kind makes of `cell`, other than the cell itself, in a fixed order. */
export function cellsByEdit(cell: Cell, edit: CellEdit): Cell[] {
  const own = canonicalCell(cell)
  const found = new Map<string, Cell>()
  for (const result of EDITS[edit](cell)) {
    const canonical = canonicalCell(result)
    if (canonical !== undefined) found.set(cellKey(canonical), canonical)
  }
  if (own !== undefined) found.delete(cellKey(own))
  return [...found.values()]
}

/** One edit of a random kind, then uniform among its results. Every cell has at least one neighbour. */
export function mutateCell(cell: Cell, random: Random): Cell {
  for (const edit of random.shuffle(CELL_EDITS)) {
    const results = cellsByEdit(cell, edit)
    if (results.length > 0) return random.choice(results)
  }
  throw new Error(`cell ${cellKey(cell)} has no neighbour`)
}

/** With seven vertices, dead ones inserted before the output, so that two cells can be compared vertex by vertex. */
function padded(cell: Cell): { edges: number; labels: number[] } {
  const shift = MAX_VERTICES - cell.vertices
  const moved = (vertex: number): number => (vertex === cell.vertices - 1 ? vertex + shift : vertex)
  return {
    edges: edgesFrom(edgeList(cell).map(([from, to]) => [moved(from), moved(to)] as const)),
    labels: [...labelsOf(cell), ...new Array<number>(shift).fill(-1)],
  }
}

function mixed(first: Cell, second: Cell, random: Random): Cell | undefined {
  const a = padded(first)
  const b = padded(second)
  const choose = (1 << ((MAX_VERTICES * (MAX_VERTICES - 1)) / 2)) - 1
  const mask = Math.floor(random.next() * (choose + 1))
  const labels = a.labels.map((label, i) => {
    const other = b.labels[i]!
    if (label === -1 || other === -1) return Math.max(label, other, 0)
    return random.chance(0.5) ? label : other
  })
  return canonicalCell({
    vertices: MAX_VERTICES,
    edges: (a.edges & mask) | (b.edges & ~mask),
    labels: packLabels(labels),
  })
}

/** Uniform crossover: every possible edge and every operation comes from either parent. A child falls back to its parent. */
export function crossCells(first: Cell, second: Cell, random: Random): readonly [Cell, Cell] {
  const parents = [cellKey(first), cellKey(second)]
  const child = (fallback: Cell): Cell => {
    for (let attempt = 0; attempt < CROSSOVER_TRIES; attempt++) {
      const result = mixed(first, second, random)
      if (result !== undefined && !parents.includes(cellKey(result))) return result
    }
    return fallback
  }
  return [child(first), child(second)]
}

function orders(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item, i) =>
    orders([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  )
}
const INNER_ORDERS = orders([1, 2, 3, 4, 5])

/**
 * Least number of changed edges and operations over all ways to match the inner vertices (a missing vertex counts as a
 * label of its own). 0 exactly for isomorphic cells, symmetric.
 */
export function cellDistance(first: Cell, second: Cell): number {
  const a = padded(first)
  const b = padded(second)
  const last = MAX_VERTICES - 1
  let least = Number.POSITIVE_INFINITY
  for (const order of INNER_ORDERS) {
    const image = (vertex: number): number => (vertex === 0 || vertex === last ? vertex : order[vertex - 1]!)
    let edits = 0
    a.labels.forEach((label, i) => (edits += label === b.labels[image(i + 1) - 1] ? 0 : 1))
    for (let from = 0; from < last && edits < least; from++)
      for (let to = from + 1; to <= last; to++) {
        const x = image(from)
        const y = image(to)
        // An edge of the second cell that the matching turns around is not the first cell's edge: both are edits.
        if (x > y && hasEdge(b.edges, y, x)) edits++
        if (hasEdge(a.edges, from, to) !== (x < y && hasEdge(b.edges, x, y))) edits++
      }
    least = Math.min(least, edits)
  }
  return least
}
