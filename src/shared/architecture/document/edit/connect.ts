// Connecting and disconnecting. What would make a circle is refused here, so that only damaged files can hold one.
import { AppError } from '../../../errors'
import { catalogue } from '../../catalogue'
import type { DocumentDiff } from '../diff'
import { Draft } from '../draft'
import { reach } from '../graph'
import type { ArchitectureDocument, EdgeRecord, NodeRecord } from '../records'
import { INPUT_NODE_ID, OUTPUT_NODE_ID } from '../records'

/**
 * A connection from one node to an input of another. Without `slot` it takes the next free input of a merge, or replaces
 * what a node with one input had; with `slot` it replaces what was there. An equal connection of a one-input node is an
 * empty diff.
 * @throws AppError `not-found`; `invalid-architecture` for a circle, for leading into the input or out of the output, or
 *   when every input of a merge is taken.
 */
export function connect(document: ArchitectureDocument, from: string, to: string, slot?: number): DocumentDiff {
  const draft = new Draft(document)
  const reason = connectionProblem(document, from, to)
  if (reason !== undefined) throw new AppError('invalid-architecture', reason)
  const target = draft.node(to)
  const incoming = draft.graph.incoming(to)
  const capacity = inputCapacity(target)
  const wanted = slot ?? (capacity === 1 ? 0 : freeSlot(incoming))
  const replaced = capacity === 1 ? incoming : incoming.filter((edge) => edge.slot === wanted)
  if (capacity > 1 && replaced.length === 0 && incoming.length >= capacity)
    throw new AppError('invalid-architecture', `"${to}" takes at most ${capacity} inputs and has them all.`)
  const [first, ...others] = replaced
  for (const edge of others) draft.remove(edge.id)
  if (first) draft.set({ ...first, from, slot: wanted })
  else draft.connect(from, to, wanted)
  return draft.diff()
}

/** Why `connect(document, from, to)` would be refused whatever the slot, or undefined: for the editor while dragging. */
export function connectionProblem(document: ArchitectureDocument, from: string, to: string): string | undefined {
  const draft = new Draft(document)
  draft.node(from)
  draft.node(to)
  if (from === OUTPUT_NODE_ID) return 'Nothing can follow the output.'
  if (to === INPUT_NODE_ID) return 'Nothing can lead to the input.'
  if (from === to) return `"${from}" cannot feed itself.`
  const behind = reach([to], (id) => draft.graph.outgoing(id).map((edge) => edge.to))
  return behind.has(from) ? `"${to}" already leads to "${from}": the connection would close a circle.` : undefined
}

/** @throws AppError `not-found` naming the connection. */
export function disconnect(document: ArchitectureDocument, edgeId: string): DocumentDiff {
  const draft = new Draft(document)
  draft.remove(draft.edge(edgeId).id)
  return draft.diff()
}

/** How many inputs a node can have: more than one for merges only. An unknown kind may have any number. */
export function inputCapacity(node: NodeRecord): number {
  switch (node.type) {
    case 'input':
      return 0
    case 'output':
    case 'block':
      return 1
    case 'layer':
      return catalogue.get(node.kind)?.inputs.max ?? Infinity
  }
}

/** The lowest slot that no edge has. */
export function freeSlot(incoming: readonly EdgeRecord[]): number {
  const taken = new Set(incoming.map((edge) => edge.slot))
  let slot = 0
  while (taken.has(slot)) slot++
  return slot
}
