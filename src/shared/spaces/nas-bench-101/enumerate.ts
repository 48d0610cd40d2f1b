// Exact enumeration of the unique NAS-Bench-101 cells: canonical graphs times the orbits of their labellings under
// their automorphisms. 423,624 in all (Ying et al. 2019, section 2.2). The proposer's corpus is this list.
import type { Random } from '../../random'
import { canonicalGraphs, leastLabels, type CanonicalGraph } from './canonical'
import { CELL_OPERATIONS, MAX_VERTICES, labelsOf, type Cell } from './cell'

/** Length of the cycles decides how many labellings an automorphism leaves unchanged: operations ^ cycles. */
function cyclesOfInner(automorphism: readonly number[]): number {
  const seen = new Set<number>()
  let cycles = 0
  for (let start = 1; start < automorphism.length - 1; start++) {
    if (seen.has(start)) continue
    cycles++
    for (let vertex = start; !seen.has(vertex); vertex = automorphism[vertex]!) seen.add(vertex)
  }
  return cycles
}

/** Number of distinct labellings of one graph, by Burnside's lemma. */
function countLabellings(graph: CanonicalGraph): number {
  const fixed = graph.automorphisms.map((automorphism) => CELL_OPERATIONS.length ** cyclesOfInner(automorphism))
  return fixed.reduce((sum, count) => sum + count, 0) / graph.automorphisms.length
}

/** Unique cells with exactly that many vertices (2-7), input and output included. */
export function countCells(vertices: number): number {
  return canonicalGraphs(vertices).reduce((sum, graph) => sum + countLabellings(graph), 0)
}

/** Unique cells of the whole space. */
export function countAllCells(): number {
  let total = 0
  for (let vertices = 2; vertices <= MAX_VERTICES; vertices++) total += countCells(vertices)
  return total
}

function* labellings(graph: CanonicalGraph): Generator<Cell> {
  const { vertices, edges } = graph
  const codes = CELL_OPERATIONS.length ** (vertices - 2)
  for (let labels = 0; labels < codes; labels++) {
    const cell = { vertices, edges, labels }
    if (graph.automorphisms.length === 1 || leastLabels(labelsOf(cell), graph) === labels) yield cell
  }
}

/** Every unique cell once, in canonical form: by vertices, then edge code, then labels. */
export function* enumerateCells(): Generator<Cell> {
  for (let vertices = 2; vertices <= MAX_VERTICES; vertices++)
    for (const graph of canonicalGraphs(vertices)) yield* labellings(graph)
}

interface Ranks {
  readonly graphs: readonly CanonicalGraph[]
  /** Number of cells before and including each graph, so that a cell's index is found by bisection. */
  readonly ends: Float64Array
}

let ranks: Ranks | undefined

function ranksOnce(): Ranks {
  if (ranks !== undefined) return ranks
  const graphs: CanonicalGraph[] = []
  for (let vertices = 2; vertices <= MAX_VERTICES; vertices++) graphs.push(...canonicalGraphs(vertices))
  const ends = new Float64Array(graphs.length)
  let total = 0
  graphs.forEach((graph, i) => (ends[i] = total += countLabellings(graph)))
  return (ranks = { graphs, ends })
}

/**
 * The cell at `index` of the enumeration.
 * @param index integer in [0, countAllCells())
 * @throws RangeError outside that range
 */
export function cellAt(index: number): Cell {
  const { graphs, ends } = ranksOnce()
  if (!Number.isInteger(index) || index < 0 || index >= ends[ends.length - 1]!)
    throw new RangeError(`cell index is an integer in [0, ${ends[ends.length - 1]}), received ${index}`)
  let low = 0
  let high = graphs.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (ends[middle]! > index) high = middle
    else low = middle + 1
  }
  let remaining = index - (low === 0 ? 0 : ends[low - 1]!)
  for (const cell of labellings(graphs[low]!)) if (remaining-- === 0) return cell
  throw new Error(`graph ${low} has fewer labellings than counted`)
}

/** A cell drawn uniformly from the unique cells, in canonical form: no rejection, no bias towards symmetric graphs. */
export function randomCell(random: Random): Cell {
  return cellAt(random.integer(countAllCellsOnce()))
}

function countAllCellsOnce(): number {
  const { ends } = ranksOnce()
  return ends[ends.length - 1]!
}
