// From choices that are mere words to what they compute (docs/method.md, "Words and graphs"). Positions whose names all end in
// two numbers i < j are the edges of a directed graph, as NAS-Bench-201's are; where the choices of one position are letters
// and a digit for each other position, the digits say what each reads, as NAS-Bench-Graph's do; anything else is a chain.
import { INPUT, prune, type OperationGraph, type OperationNode } from './operation-graph'
import { readWord, type Meaning, type Operation } from './operation'

export interface Edge {
  readonly from: number
  readonly to: number
}

export type Wiring =
  | { readonly kind: 'chain' }
  /** An edge for each position. */
  | { readonly kind: 'edges'; readonly edges: readonly Edge[] }
  /** The choice at `position` wires the operations at all others. */
  | { readonly kind: 'word'; readonly position: number }

export interface PositionWords {
  readonly name: string
  readonly choices: readonly string[]
}

export function wiringOf(positions: readonly PositionWords[]): Wiring {
  const edges = positions.flatMap(({ name }) => {
    const found = /(\d+)\D+(\d+)$/.exec(name)
    const edge = { from: Number(found?.[1]), to: Number(found?.[2]) }
    return edge.from < edge.to ? [edge] : []
  })
  if (positions.length > 0 && edges.length === positions.length) return { kind: 'edges', edges }
  const position = positions.findIndex(({ choices }) =>
    choices.every((word) => sourcesIn(word, positions.length - 1) !== undefined),
  )
  return positions.length > 2 && position >= 0 ? { kind: 'word', position } : { kind: 'chain' }
}

/** What each of `count` operations reads: 0 is the input, i the i-th operation before it. Undefined for any other word. */
function sourcesIn(word: string, count: number): readonly number[] | undefined {
  const digits = /^[a-z_]*(\d+)$/i.exec(word)?.[1]
  if (digits?.length !== count) return undefined
  const sources = [...digits].map(Number)
  return sources.every((source, index) => source <= index) ? sources : undefined
}

function chainGraph(meanings: readonly Meaning[]): OperationGraph {
  const nodes: OperationNode[] = []
  let source: number | undefined = INPUT
  for (const meaning of meanings) {
    if (meaning === 'none') source = undefined
    if (typeof meaning === 'string' || source === undefined) continue
    nodes.push({ operation: meaning, from: [source] })
    source = nodes.length - 1
  }
  return prune({ nodes, output: source === undefined ? [] : [source] })
}

/** Ends of the graph: its lowest vertex is the input, its highest the output. */
export function endsOf(edges: readonly Edge[]): { first: number; last: number } {
  return { first: Math.min(...edges.map(({ from }) => from)), last: Math.max(...edges.map(({ to }) => to)) }
}

function edgeGraph(edges: readonly Edge[], meanings: readonly Meaning[]): OperationGraph {
  const { first, last } = endsOf(edges)
  const nodes: OperationNode[] = []
  const reaching = new Map<number, Set<number>>([[first, new Set([INPUT])]])
  for (let vertex = first + 1; vertex <= last; vertex++) {
    const arriving = new Set<number>()
    edges.forEach(({ from, to }, position) => {
      const sources = reaching.get(from)
      const meaning = meanings[position]
      if (to !== vertex || sources === undefined || sources.size === 0) return
      if (meaning === undefined || meaning === 'none') return
      if (meaning === 'skip') {
        for (const source of sources) arriving.add(source)
        return
      }
      nodes.push({ operation: meaning, from: [...sources].sort((a, b) => a - b) })
      arriving.add(nodes.length - 1)
    })
    reaching.set(vertex, arriving)
  }
  return prune({ nodes, output: [...(reaching.get(last) ?? [])] })
}

/** Where each operation of a wiring word reads and what it means; the input is vertex 0. */
function wired(position: number, words: readonly string[]): readonly { from: number; meaning: Meaning }[] {
  const meanings = words.filter((_, i) => i !== position).map(readWord)
  const sources = sourcesIn(words[position] ?? '', meanings.length) ?? meanings.map((_, i) => i)
  return meanings.map((meaning, i) => ({ from: sources[i] ?? i, meaning }))
}

/** Vertices that nobody reads are what the output joins. */
function leaves(operations: readonly { readonly from: number }[]): readonly number[] {
  const read = new Set(operations.map(({ from }) => from))
  return operations.map((_, i) => i + 1).filter((vertex) => !read.has(vertex))
}

function wordGraph(position: number, words: readonly string[]): OperationGraph {
  const operations = wired(position, words)
  const nodes: OperationNode[] = []
  const reaching: (number | undefined)[] = [INPUT]
  for (const { from, meaning } of operations) {
    const source = reaching[from]
    if (meaning === 'none' || source === undefined) reaching.push(undefined)
    else if (meaning === 'skip') reaching.push(source)
    else reaching.push(nodes.push({ operation: meaning, from: [source] }) - 1)
  }
  return prune({ nodes, output: leaves(operations).flatMap((vertex) => reaching[vertex] ?? []) })
}

function wordPaths(position: number, words: readonly string[]): readonly (readonly Operation[])[] {
  const operations = wired(position, words)
  const ways: (readonly Operation[] | undefined)[] = [[]]
  for (const { from, meaning } of operations) {
    const way = ways[from]
    if (meaning === 'none' || way === undefined) ways.push(undefined)
    else ways.push(meaning === 'skip' ? way : [...way, meaning])
  }
  return leaves(operations).flatMap((vertex) => {
    const way = ways[vertex]
    return way === undefined ? [] : [way]
  })
}

/** @param words one choice for each position, in order */
export function graphOfWords(wiring: Wiring, words: readonly string[]): OperationGraph {
  if (wiring.kind === 'word') return wordGraph(wiring.position, words)
  const meanings = words.map(readWord)
  return wiring.kind === 'edges' ? edgeGraph(wiring.edges, meanings) : chainGraph(meanings)
}

/**
 * Every way from input to output as its sequence of operations, with skips dropped and as often as it is there. A chain has
 * none: its one way is its graph.
 */
export function pathsOfWords(wiring: Wiring, words: readonly string[]): readonly (readonly Operation[])[] {
  if (wiring.kind === 'chain') return []
  if (wiring.kind === 'word') return wordPaths(wiring.position, words)
  const { edges } = wiring
  const meanings = words.map(readWord)
  const { first, last } = endsOf(edges)
  const known = new Map<number, readonly (readonly Operation[])[]>([[first, [[]]]])
  const waysTo = (vertex: number): readonly (readonly Operation[])[] => {
    const found = known.get(vertex)
    if (found !== undefined) return found
    const ways = edges.flatMap(({ from, to }, position) => {
      const meaning = meanings[position]
      if (to !== vertex || meaning === undefined || meaning === 'none') return []
      return meaning === 'skip' ? waysTo(from) : waysTo(from).map((way) => [...way, meaning])
    })
    known.set(vertex, ways)
    return ways
  }
  return waysTo(last)
}
