// Which cells are the same network: canonical graphs (least edge code among all renumberings of the inner vertices that
// keep edges pointing upward), their automorphisms, and the least labelling under those. Exact, unlike hash-based
// equality; the tables are built once per vertex count, on first use.
import { required } from '../../required'
import { MAX_EDGES, countEdges, edgeBit, edgeSlots, hasEdge, labelsOf, packLabels, pruneCell, type Cell } from './cell'

/** An unlabelled cell with every vertex on a path from input to output. */
export interface CanonicalGraph {
  readonly vertices: number
  readonly edges: number
  /** Renumberings that map the graph onto itself, the identity first; `automorphism[v]` is the new number of vertex v. */
  readonly automorphisms: readonly (readonly number[])[]
}

interface GraphTable {
  readonly graphs: readonly CanonicalGraph[]
  /** Index into `graphs` by edge code, -1 where the code is not a full graph. */
  readonly graphIndex: Int16Array
  /** Index into `permutations` of the renumbering that leads from a code to its canonical one. */
  readonly toCanonical: Uint8Array
  readonly permutations: readonly (readonly number[])[]
}

const tables = new Map<number, GraphTable>()

/** Renumberings of the inner vertices, input and output fixed; the identity first, in lexicographic order. */
function innerPermutations(vertices: number): number[][] {
  const result: number[][] = []
  const extend = (prefix: number[], rest: readonly number[]): void => {
    if (rest.length === 0) result.push([0, ...prefix, vertices - 1])
    rest.forEach((vertex, i) => extend([...prefix, vertex], [...rest.slice(0, i), ...rest.slice(i + 1)]))
  }
  extend(
    [],
    Array.from({ length: vertices - 2 }, (_, i) => i + 1),
  )
  return result
}

function invert(permutation: readonly number[]): number[] {
  const inverse = new Array<number>(permutation.length).fill(0)
  permutation.forEach((to, from) => (inverse[to] = from))
  return inverse
}

/** The renumbered edge code, or -1 when an edge would point downward. */
function renumber(edges: number, vertices: number, permutation: readonly number[]): number {
  let image = 0
  for (let to = 1; to < vertices; to++)
    for (let from = 0; from < to; from++) {
      if (!hasEdge(edges, from, to)) continue
      const newFrom = permutation[from]!
      const newTo = permutation[to]!
      if (newFrom > newTo) return -1
      image |= 1 << edgeBit(newFrom, newTo)
    }
  return image
}

function buildTable(vertices: number): GraphTable {
  const permutations = innerPermutations(vertices)
  const position = new Map(permutations.map((permutation, i) => [permutation.join(), i]))
  const inverses = permutations.map((permutation) => required(position, invert(permutation).join(), 'position'))
  const size = 2 ** edgeSlots(vertices)
  const graphIndex = new Int16Array(size).fill(-1)
  const toCanonical = new Uint8Array(size)
  const graphs: CanonicalGraph[] = []
  // In a graph whose edges point upward, a vertex lies on a path from input to output exactly when every vertex but
  // the input has an edge in and every vertex but the output has an edge out.
  const incoming: number[] = []
  const outgoing: number[] = []
  for (let vertex = 0; vertex < vertices; vertex++) {
    let into = 0
    let outOf = 0
    for (let other = 0; other < vertices; other++) {
      if (other < vertex) into |= 1 << edgeBit(other, vertex)
      if (other > vertex) outOf |= 1 << edgeBit(vertex, other)
    }
    if (vertex > 0) incoming.push(into)
    if (vertex < vertices - 1) outgoing.push(outOf)
  }
  const masks = [...incoming, ...outgoing]
  for (let code = 1; code < size; code++) {
    if (graphIndex[code] !== -1 || masks.some((mask) => (code & mask) === 0) || countEdges(code) > MAX_EDGES) continue
    // Codes rise, so the first of an isomorphism class is its least.
    const automorphisms: (readonly number[])[] = []
    permutations.forEach((permutation, i) => {
      const image = renumber(code, vertices, permutation)
      if (image === -1) return
      if (image === code) automorphisms.push(permutation)
      else toCanonical[image] = inverses[i]!
      graphIndex[image] = graphs.length
    })
    graphs.push({ vertices, edges: code, automorphisms })
  }
  return { graphs, graphIndex, toCanonical, permutations }
}

function tableFor(vertices: number): GraphTable {
  let table = tables.get(vertices)
  if (table === undefined) tables.set(vertices, (table = buildTable(vertices)))
  return table
}

/** Every canonical graph with that many vertices (2-7) and at most nine edges, by rising edge code. */
export function canonicalGraphs(vertices: number): readonly CanonicalGraph[] {
  return tableFor(vertices).graphs
}

/** Labels after renumbering: digit of the new number takes the digit of the old one. */
function renumberLabels(digits: readonly number[], permutation: readonly number[]): number[] {
  const moved = new Array<number>(digits.length).fill(0)
  digits.forEach((digit, i) => (moved[permutation[i + 1]! - 1] = digit))
  return moved
}

/** The least label code that the automorphisms of `graph` reach from `digits`. */
export function leastLabels(digits: readonly number[], graph: CanonicalGraph): number {
  let least = packLabels(digits)
  for (let i = 1; i < graph.automorphisms.length; i++)
    least = Math.min(least, packLabels(renumberLabels(digits, graph.automorphisms[i]!)))
  return least
}

/**
 * The one representative of all cells that compute the same network as `cell`.
 * `undefined` when no path leads from input to output or when the pruned cell has more than nine edges.
 */
export function canonicalCell(cell: Cell): Cell | undefined {
  const pruned = pruneCell(cell)
  if (pruned === undefined) return undefined
  const table = tableFor(pruned.vertices)
  const graph = table.graphs[table.graphIndex[pruned.edges] ?? -1]
  if (graph === undefined) return undefined
  const permutation = table.permutations[table.toCanonical[pruned.edges]!]!
  const labels = leastLabels(renumberLabels(labelsOf(pruned), permutation), graph)
  return { vertices: pruned.vertices, edges: graph.edges, labels }
}
