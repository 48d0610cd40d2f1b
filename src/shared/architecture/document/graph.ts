// Who feeds whom in a document: adjacency, order and reachability, computed once per document and kept while it lives.
// Reads records only; knows nothing of kinds, shapes or blocks.
import type {
  ArchitectureDocument,
  DefinitionRecord,
  DocumentRecord,
  EdgeRecord,
  MetaRecord,
  NodeRecord,
} from './records'
import { INPUT_NODE_ID, META_ID, OUTPUT_NODE_ID, isNode } from './records'
import { AppError } from '../../errors'
import { required } from '../../required'

export interface DocumentGraph {
  readonly meta: MetaRecord
  /** Terminals included, by id. */
  readonly nodes: ReadonlyMap<string, NodeRecord>
  readonly edges: readonly EdgeRecord[]
  /** By block name. */
  readonly definitions: ReadonlyMap<string, DefinitionRecord>
  /** Edges into a node by slot, ties by edge id; only edges between existing nodes. */
  incoming(id: string): readonly EdgeRecord[]
  outgoing(id: string): readonly EdgeRecord[]
  /** Nodes in topological order, `input` first; nodes on or behind a cycle are absent. */
  readonly order: readonly string[]
  /** Nodes on a cycle, and those that only lead from one cycle to another; empty in an acyclic graph. */
  readonly cyclic: readonly string[]
  /** Nodes from which the output can be reached, the output included. */
  readonly live: ReadonlySet<string>
}

/** A graph, and what it takes to make the next one of it after an edit. */
interface Known {
  readonly graph: DocumentGraph
  readonly into: ReadonlyMap<string, readonly EdgeRecord[]>
  readonly outOf: ReadonlyMap<string, readonly EdgeRecord[]>
  /** Whether an edge names a node that is not there. */
  readonly hasLooseEdges: boolean
}

const cache = new WeakMap<ArchitectureDocument, Known>()
const NONE: readonly EdgeRecord[] = []

/** @throws AppError `invalid-architecture` when the document has no meta record (only unparsed data can lack it). */
export function graphOf(document: ArchitectureDocument): DocumentGraph {
  let known = cache.get(document)
  if (!known) {
    known = buildGraph(document)
    cache.set(document, known)
  }
  return known.graph
}

/** What changed between two documents, by id; a part of a diff. */
interface Change {
  readonly added: Readonly<Record<string, DocumentRecord>>
  readonly updated: Readonly<Record<string, readonly [DocumentRecord, DocumentRecord]>>
  readonly removed: Readonly<Record<string, DocumentRecord>>
}

/**
 * Gives a document the graph of the one it was edited from, with the change made to it: an edit touches a few of hundreds
 * of records. Without effect where it is not that simple (definitions, edges that lead nowhere): the graph is built then.
 */
export function inheritGraph(from: ArchitectureDocument, to: ArchitectureDocument, change: Change): void {
  const known = cache.get(from)
  if (!known || known.hasLooseEdges) return
  // As they were in the document: a diff may have been made from an earlier state of the same record.
  const gone = [...Object.keys(change.removed), ...Object.keys(change.updated)].map((id) => from.records[id]!)
  const come = [...Object.values(change.added), ...Object.keys(change.updated).map((id) => to.records[id]!)]
  if ([...gone, ...come].some(({ type }) => type === 'definition')) return
  const { graph } = known
  const isRewired = [...gone, ...come].some((record) => record.type === 'edge')
  const isSameNodes = Object.keys(change.added).length + Object.keys(change.removed).length === 0 && !isRewired
  if (isSameNodes) {
    const nodes = new Map(graph.nodes)
    for (const record of come) if (isNode(record)) nodes.set(record.id, record)
    cache.set(to, { ...known, graph: { ...graph, nodes, meta: metaOf(to) } })
    return
  }
  const nodes = new Map(graph.nodes)
  const into = new Map(known.into)
  const outOf = new Map(known.outOf)
  const lost = new Set<string>()
  for (const record of gone) {
    if (record.type === 'edge') {
      lost.add(record.id)
      drop(into, record.to, record.id)
      drop(outOf, record.from, record.id)
    } else nodes.delete(record.id)
  }
  const edges = graph.edges.filter((edge) => !lost.has(edge.id))
  for (const record of come) if (isNode(record)) nodes.set(record.id, record)
  for (const record of come) {
    if (record.type !== 'edge') continue
    if (!nodes.has(record.from) || !nodes.has(record.to)) return
    edges.push(record)
    into.set(record.to, [...(into.get(record.to) ?? NONE), record].sort(bySlot))
    outOf.set(record.from, [...(outOf.get(record.from) ?? NONE), record].sort(byId))
  }
  // A node went and left an edge behind.
  for (const id of Object.keys(change.removed)) if (into.get(id)?.length || outOf.get(id)?.length) return
  const parts = { definitions: graph.definitions, into, outOf, hasLooseEdges: false }
  const sorted = new Map([...nodes.values()].sort(byId).map((node) => [node.id, node]))
  cache.set(to, complete(to, { ...parts, nodes: sorted, edges: edges.sort(byId) }))
}

function drop(map: Map<string, readonly EdgeRecord[]>, key: string, id: string): void {
  map.set(
    key,
    (map.get(key) ?? NONE).filter((edge) => edge.id !== id),
  )
}

/** The meta record. @throws AppError `invalid-architecture` when there is none. */
export function metaOf(document: ArchitectureDocument): MetaRecord {
  const meta = document.records[META_ID]
  if (meta?.type === 'meta') return meta
  throw new AppError('invalid-architecture', `The document has no record "${META_ID}" that says what it is.`)
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

function bySlot(a: EdgeRecord, b: EdgeRecord): number {
  return a.slot - b.slot || byId(a, b)
}

interface Parts {
  readonly nodes: ReadonlyMap<string, NodeRecord>
  readonly edges: readonly EdgeRecord[]
  readonly definitions: ReadonlyMap<string, DefinitionRecord>
  readonly into: ReadonlyMap<string, readonly EdgeRecord[]>
  readonly outOf: ReadonlyMap<string, readonly EdgeRecord[]>
  readonly hasLooseEdges: boolean
}

function buildGraph(document: ArchitectureDocument): Known {
  const nodes = new Map<string, NodeRecord>()
  const edges: EdgeRecord[] = []
  const definitions = new Map<string, DefinitionRecord>()
  // By id, so that order among equals does not depend on the history of edits or on saving and loading.
  for (const id of Object.keys(document.records).sort()) {
    const record = document.records[id]!
    if (record.type === 'edge') edges.push(record)
    else if (record.type === 'definition') definitions.set(record.name, record)
    else if (record.type !== 'meta') nodes.set(record.id, record)
  }
  const into = new Map<string, EdgeRecord[]>()
  const outOf = new Map<string, EdgeRecord[]>()
  let hasLooseEdges = false
  for (const edge of edges) {
    if (!nodes.has(edge.from) || !nodes.has(edge.to)) {
      hasLooseEdges = true
      continue
    }
    push(into, edge.to, edge)
    push(outOf, edge.from, edge)
  }
  for (const list of into.values()) if (list.length > 1) list.sort(bySlot)
  return complete(document, { nodes, edges, definitions, into, outOf, hasLooseEdges })
}

/** Order and reachability of what is put together. */
function complete(
  document: ArchitectureDocument,
  { nodes, edges, definitions, into, outOf, hasLooseEdges }: Parts,
): Known {
  const incoming = (id: string): readonly EdgeRecord[] => into.get(id) ?? NONE
  const outgoing = (id: string): readonly EdgeRecord[] => outOf.get(id) ?? NONE
  const order = topologicalOrder(nodes, incoming, outgoing)
  const graph: DocumentGraph = {
    meta: metaOf(document),
    nodes,
    edges,
    definitions,
    incoming,
    outgoing,
    order,
    cyclic: order.length === nodes.size ? [] : cyclicNodes(nodes, order, incoming, outgoing),
    live: upstream(nodes.has(OUTPUT_NODE_ID) ? [OUTPUT_NODE_ID] : [], incoming),
  }
  return { graph, into, outOf, hasLooseEdges }
}

/** What leads to `ends`, the ends included. */
function upstream(ends: readonly string[], incoming: Neighbours): Set<string> {
  const seen = new Set(ends)
  const stack = [...ends]
  for (let id = stack.pop(); id !== undefined; id = stack.pop())
    for (const { from } of incoming(id))
      if (!seen.has(from)) {
        seen.add(from)
        stack.push(from)
      }
  return seen
}

/** Everything reachable from `starts` by `next`, the starts included. */
export function reach(starts: readonly string[], next: (id: string) => readonly string[]): Set<string> {
  const seen = new Set(starts)
  const stack = [...starts]
  for (let id = stack.pop(); id !== undefined; id = stack.pop())
    for (const neighbour of next(id))
      if (!seen.has(neighbour)) {
        seen.add(neighbour)
        stack.push(neighbour)
      }
  return seen
}

type Neighbours = (id: string) => readonly EdgeRecord[]

/** Kahn's algorithm; among ready nodes the one made ready first goes first, so the order is stable. */
function topologicalOrder(
  nodes: ReadonlyMap<string, NodeRecord>,
  incoming: Neighbours,
  outgoing: Neighbours,
): string[] {
  const waiting = new Map<string, number>()
  const order: string[] = nodes.has(INPUT_NODE_ID) ? [INPUT_NODE_ID] : []
  for (const id of nodes.keys()) {
    const count = incoming(id).length
    waiting.set(id, count)
    if (count === 0 && id !== INPUT_NODE_ID) order.push(id)
  }
  if ((waiting.get(INPUT_NODE_ID) ?? 0) > 0) order.shift()
  for (let i = 0; i < order.length; i++)
    for (const edge of outgoing(order[i]!)) {
      const left = required(waiting, edge.to, 'count of waiting inputs') - 1
      waiting.set(edge.to, left)
      if (left === 0) order.push(edge.to)
    }
  return order
}

/** What topological order left over, without what merely hangs behind a cycle. */
function cyclicNodes(
  nodes: ReadonlyMap<string, NodeRecord>,
  order: readonly string[],
  incoming: Neighbours,
  outgoing: Neighbours,
): string[] {
  const left = new Set(nodes.keys())
  for (const id of order) left.delete(id)
  const leaves = [...left].filter((id) => outgoing(id).every((edge) => !left.has(edge.to)))
  for (let id = leaves.pop(); id !== undefined; id = leaves.pop()) {
    left.delete(id)
    for (const { from } of incoming(id))
      if (left.has(from) && outgoing(from).every((edge) => !left.has(edge.to))) leaves.push(from)
  }
  return [...left]
}

function push(map: Map<string, EdgeRecord[]>, key: string, edge: EdgeRecord): void {
  const list = map.get(key)
  if (list) list.push(edge)
  else map.set(key, [edge])
}
