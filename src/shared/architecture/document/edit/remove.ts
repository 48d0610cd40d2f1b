// Deleting nodes: cutting what hung on them, or healing so that what fed a node feeds what followed it.
import { AppError } from '../../../errors'
import type { DocumentDiff } from '../diff'
import { Draft } from '../draft'
import type { ArchitectureDocument } from '../records'
import { isTerminal } from './add'
import { pruneDefinitions } from './embed'

/** The nodes and every connection they had. @throws AppError `not-found`, or `invalid-input` for input and output. */
export function removeNodes(document: ArchitectureDocument, ids: readonly string[]): DocumentDiff {
  const draft = startRemoval(document, ids)
  pruneDefinitions(draft, document)
  return draft.diff()
}

/**
 * The nodes go, and whatever the first input of a removed node was now feeds all that the node fed; further inputs of a
 * merge are cut. A node without inputs leaves nothing to heal with: what it fed is cut.
 * @throws AppError `not-found`, or `invalid-input` for input and output.
 */
export function removeAndHeal(document: ArchitectureDocument, ids: readonly string[]): DocumentDiff {
  const removed = new Set(ids)
  const draft = startRemoval(document, ids)
  const { graph } = draft
  for (const id of removed) {
    for (const edge of graph.outgoing(id)) {
      if (removed.has(edge.to)) continue
      let source: string | undefined = id
      // A circle among removed nodes (damaged data) ends here too.
      const seen = new Set<string>()
      while (source !== undefined && removed.has(source) && !seen.has(source)) {
        seen.add(source)
        source = graph.incoming(source)[0]?.from
      }
      if (source !== undefined && !removed.has(source)) draft.set({ ...edge, from: source })
    }
  }
  pruneDefinitions(draft, document)
  return draft.diff()
}

function startRemoval(document: ArchitectureDocument, ids: readonly string[]): Draft {
  const draft = new Draft(document)
  for (const id of new Set(ids)) {
    if (isTerminal(draft.node(id).id))
      throw new AppError(
        'invalid-input',
        `The ${id} of a document cannot be deleted.`,
        'Delete its connection instead.',
      )
    for (const edge of draft.graph.incoming(id)) draft.remove(edge.id)
    for (const edge of draft.graph.outgoing(id)) draft.remove(edge.id)
  }
  for (const id of ids) draft.remove(id)
  return draft
}
