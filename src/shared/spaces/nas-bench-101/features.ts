// A NAS-Bench-101 cell as a surrogate sees it: its vertices in order, and the graph of its operations.
import { readWord, type Operation } from '../../language/graphs/operation'
import { INPUT, prune } from '../../language/graphs/operation-graph'
import { pathsOfGraph, type Features } from '../features'
import { MAX_VERTICES, edgeSlots, hasEdge, type Cell } from './cell'
import { operationsOf } from './genotype'

/** Nine edges make fewer ways. */
const MOST_PATHS = 512

const operationOf = (word: string): Operation => {
  const meaning = readWord(word)
  if (typeof meaning === 'string') throw new Error(`"${word}" is no operation`)
  return meaning
}

export function cellFeatures(cell: Cell): Features {
  const words = operationsOf(cell)
  const { vertices, edges } = cell
  const sources = (to: number): number[] =>
    Array.from({ length: to }, (_, from) => from)
      .filter((from) => hasEdge(edges, from, to))
      // Vertex 0 is the input; node i of the graph is vertex i + 1.
      .map((from) => (from === 0 ? INPUT : from - 1))
  const graph = prune({
    nodes: words.map((word, i) => ({ operation: operationOf(word), from: sources(i + 1) })),
    output: sources(vertices - 1),
  })
  // A choice for each edge that the largest cell could have, then the operations.
  const bits = Array.from({ length: edgeSlots(MAX_VERTICES) }, (_, bit) => (edges >>> bit) & 1)
  return { choices: [...bits, ...words], paths: pathsOfGraph(graph, MOST_PATHS), graph }
}
