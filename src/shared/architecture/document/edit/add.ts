// Adding layers and blocks: free on the canvas, behind a node, or into a connection.
import { AppError } from '../../../errors'
import type { BlockLibrary } from '../../block'
import type { DocumentDiff } from '../diff'
import { Draft } from '../draft'
import type { ArchitectureDocument, DocumentParameters, EdgeRecord, InnerNodeRecord, Position } from '../records'
import { INPUT_NODE_ID, OUTPUT_NODE_ID } from '../records'
import { embedBlock } from './embed'
import { NOTHING_AROUND } from './shelf'

interface NewNodeBase {
  readonly parameters?: DocumentParameters
  readonly label?: string
  readonly position?: Position
}
export type NewNode = NewNodeBase & ({ readonly kind: string } | { readonly block: string })

export type Place =
  /** Behind a node: takes over everything it led to. */
  | { readonly after: string }
  /** Into one connection. */
  | { readonly edge: string }
  /** Into the first connection between two nodes. */
  | { readonly between: readonly [string, string] }

/**
 * A new node, connected where `place` says, else on its own. The new id is `addedNodeIds(diff)[0]`.
 * @param library embeds the definition of a user's block, so that the document needs nothing beside it; where the document
 *   has another block of that name, the added one gets a new name.
 * @throws AppError `not-found` for a place that does not exist; `invalid-input` for one behind the output;
 *   `invalid-architecture` when a block would contain itself.
 */
export function addNode(
  document: ArchitectureDocument,
  node: NewNode,
  place?: Place,
  library: BlockLibrary = new Map(),
): DocumentDiff {
  const draft = new Draft(document)
  const added = place && 'after' in place ? addAfter(draft, node, place.after) : addAt(draft, node, place)
  if (added.type === 'block') draft.set({ ...added, block: embedBlock(draft, added.block, library, NOTHING_AROUND) })
  return draft.diff()
}

/** Puts a new node into `edge`; what fixes and `addNode` share. */
export function insertIntoEdge(draft: Draft, node: NewNode, edge: EdgeRecord): InnerNodeRecord {
  const record = place(draft, node)
  draft.set({ ...edge, to: record.id, slot: 0 })
  draft.connect(record.id, edge.to, edge.slot)
  return record
}

function addAt(draft: Draft, node: NewNode, where: Exclude<Place, { after: string }> | undefined): InnerNodeRecord {
  if (!where) return place(draft, node)
  if ('edge' in where) return insertIntoEdge(draft, node, draft.edge(where.edge))
  const [from, to] = where.between
  const edge = draft.graph.outgoing(draft.node(from).id).find((candidate) => candidate.to === to)
  if (edge) return insertIntoEdge(draft, node, edge)
  throw new AppError('not-found', `There is no connection from "${from}" to "${to}" to insert into.`)
}

function addAfter(draft: Draft, node: NewNode, after: string): InnerNodeRecord {
  if (draft.node(after).id === OUTPUT_NODE_ID)
    throw new AppError('invalid-input', 'Nothing can follow the output.', 'Insert in front of it.')
  const record = place(draft, node)
  for (const edge of draft.graph.outgoing(after)) draft.set({ ...edge, from: record.id })
  draft.connect(after, record.id, 0)
  return record
}

/** The record alone, under a new id made from its kind or block. */
function place(draft: Draft, node: NewNode): InnerNodeRecord {
  const { parameters = {}, label, position } = node
  const rest = { ...(label === undefined ? {} : { label }), ...(position === undefined ? {} : { position }) }
  const record: InnerNodeRecord =
    'kind' in node
      ? { id: draft.newId(node.kind), type: 'layer', kind: node.kind, parameters, ...rest }
      : { id: draft.newId(node.block), type: 'block', block: node.block, parameters, ...rest }
  draft.set(record)
  return record
}

/** True for the two nodes that cannot be added or deleted. */
export function isTerminal(id: string): boolean {
  return id === INPUT_NODE_ID || id === OUTPUT_NODE_ID
}
