// Keeps a document self-contained: puts the user's blocks it names, and those they name in turn, beside its nodes, and
// takes out those no node needs any more.
import { AppError } from '../../../errors'
import type { BlockLibrary } from '../../block'
import type { DocumentDiff } from '../diff'
import { Draft } from '../draft'
import { equalJson } from '../equal'
import { graphOf, metaOf } from '../graph'
import type { ArchitectureDocument, DefinitionRecord, DocumentRecord } from '../records'
import { definitionId, isNode } from '../records'
import { isUserBlock } from '../user-block'

/**
 * Adds the definition of `block` where it is a user's and not there yet; a definition that is there stays as it is.
 * @throws AppError `invalid-architecture` when the document being edited is that block or is used by it.
 */
export function embedBlock(draft: Draft, block: string, library: BlockLibrary): void {
  const meta = draft.meta()
  const own = meta.kind === 'block' ? meta.name : undefined
  if (block === own) throw containsItself(block)
  const found = library.get(block)
  if (!found || !isUserBlock(found)) return
  for (const [name, definition] of neededDefinitions(found.document, library)) {
    if (name === own) throw containsItself(block)
    if (!draft.get(definitionId(name))) draft.set(definitionRecord(name, definition))
  }
}

/** Replaces (or adds) the definition of a block by a newer one, with what that needs: "update from library". */
export function updateDefinition(
  document: ArchitectureDocument,
  block: ArchitectureDocument,
  library: BlockLibrary = new Map(),
): DocumentDiff {
  const draft = new Draft(document)
  const { name } = metaOf(block)
  for (const [needed, definition] of neededDefinitions(block, library))
    if (needed === name || !draft.get(definitionId(needed))) draft.set(definitionRecord(needed, definition))
  pruneDefinitions(draft, document)
  return draft.diff()
}

/**
 * The block itself and every user's block it uses, each without embedded ones of its own.
 * @param beside where an embedded block finds the blocks it names: the definitions of the document around it.
 */
export function neededDefinitions(
  block: ArchitectureDocument,
  library: BlockLibrary,
  beside: ReadonlyMap<string, DefinitionRecord> = graphOf(block).definitions,
): ReadonlyMap<string, ArchitectureDocument> {
  const found = new Map<string, ArchitectureDocument>()
  const visit = (document: ArchitectureDocument, around: ReadonlyMap<string, DefinitionRecord>): void => {
    const { meta, nodes } = graphOf(document)
    if (found.has(meta.name)) return
    found.set(meta.name, withoutDefinitions(document))
    for (const node of nodes.values()) {
      if (node.type !== 'block') continue
      const embedded = around.get(node.block)
      const shared = library.get(node.block)
      if (embedded) visit(embedded.document, around)
      else if (shared && isUserBlock(shared)) visit(shared.document, graphOf(shared.document).definitions)
    }
  }
  visit(block, beside)
  return found
}

/** True when an embedded definition is not what the library has under that name. */
export function isOutdated(definition: DefinitionRecord, library: BlockLibrary): boolean {
  const found = library.get(definition.name)
  return (
    found !== undefined && isUserBlock(found) && !equalJson(withoutDefinitions(found.document), definition.document)
  )
}

/** Removes the definitions that no node of the document leads to after this edit. */
export function pruneDefinitions(draft: Draft, document: ArchitectureDocument): void {
  const { definitions } = graphOf(document)
  if (definitions.size === 0) return
  const records = draft.records()
  const used = new Set<string>()
  const visit = (list: Iterable<DocumentRecord>): void => {
    for (const record of list) {
      if (record.type !== 'block' || used.has(record.block)) continue
      used.add(record.block)
      const definition = draft.get(definitionId(record.block))
      if (definition?.type === 'definition') visit(Object.values(definition.document.records))
    }
  }
  visit(records)
  for (const { id, name } of definitions.values()) if (!used.has(name)) draft.remove(id)
}

export function definitionRecord(name: string, document: ArchitectureDocument): DefinitionRecord {
  return { id: definitionId(name), type: 'definition', name, document }
}

function withoutDefinitions(document: ArchitectureDocument): ArchitectureDocument {
  if (graphOf(document).definitions.size === 0) return document
  const records = Object.entries(document.records).filter(
    ([, record]) => record.type === 'meta' || record.type === 'edge' || isNode(record),
  )
  return { format: document.format, records: Object.fromEntries(records) }
}

function containsItself(block: string): AppError {
  return new AppError(
    'invalid-architecture',
    `Block "${block}" would contain itself.`,
    'Use another block here, or rename the one being edited.',
  )
}
