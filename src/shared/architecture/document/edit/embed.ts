// Keeps a document self-contained: puts the user's blocks it names, and those they name in turn, beside its nodes, and
// takes out those no node needs any more.
import { AppError } from '../../../errors'
import type { BlockLibrary } from '../../block'
import { applyDiff, type DocumentDiff } from '../diff'
import { Draft } from '../draft'
import { graphOf } from '../graph'
import type { ArchitectureDocument, DefinitionRecord, DocumentRecord } from '../records'
import { definitionId } from '../records'
import { isUserBlock } from '../user-block'
import { isSameBlock } from './same-block'
import { DefinitionShelf, NOTHING_AROUND, type Around } from './shelf'

/**
 * Puts the block that a record would name `block` beside the nodes, with what is inside it. What the document holds already
 * stays as it is: a block of another content under a name that is in use gets a new one.
 * @param around the definitions beside the record, where it comes from another document
 * @returns the name under which the document has it
 * @throws AppError `invalid-architecture` when the document being edited is that block or is used by it.
 */
export function embedBlock(
  draft: Draft,
  block: string,
  library: BlockLibrary,
  around: Around = definitionsOf(draft),
): string {
  const own = ownNameOf(draft)
  if (own !== undefined && insideOf(block, library, around).has(own)) throw containsItself(own)
  const shelf = shelfOf(draft, library)
  const name = shelf.place(block, around)
  put(draft, shelf)
  return name
}

/** Replaces (or adds) the definition of a block by a newer one, with what that needs: "update from library". */
export function updateDefinition(
  document: ArchitectureDocument,
  block: ArchitectureDocument,
  library: BlockLibrary = new Map(),
): DocumentDiff {
  const draft = new Draft(document)
  const own = ownNameOf(draft)
  const shelf = shelfOf(draft, library)
  shelf.replace(block, own === undefined ? [] : [own])
  put(draft, shelf)
  pruneDefinitions(draft, document)
  return draft.diff()
}

/**
 * The document with the definition of every block of the library that it names and does not hold: it then means the same
 * wherever it is opened, and whatever becomes of the library. What is wrong with it stays for the checks to tell.
 */
export function selfContained(document: ArchitectureDocument, library: BlockLibrary): ArchitectureDocument {
  const draft = new Draft(document)
  const own = ownNameOf(draft)
  const shelf = shelfOf(draft, library)
  for (const name of looseNames(draft)) shelf.place(name, NOTHING_AROUND, own === undefined ? [] : [own])
  put(draft, shelf)
  return applyDiff(document, draft.diff())
}

/**
 * The block that `name` means inside a document, with what is inside it: what its own tab shows, or a library holds.
 * @throws AppError `not-found` where it is no block of the user's; `invalid-architecture` for one that contains itself
 */
export function standaloneBlock(
  document: ArchitectureDocument,
  name: string,
  library: BlockLibrary,
): ArchitectureDocument {
  const { definitions } = graphOf(document)
  const held = definitions.get(name)?.document
  if (held === undefined) {
    const found = library.get(name)
    if (found && isUserBlock(found)) return selfContained(found.document, library)
    throw new AppError('not-found', `There is no block "${name}" of your own in this design.`)
  }
  const draft = new Draft(held)
  for (const node of graphOf(held).nodes.values())
    if (node.type === 'block') draft.set({ ...node, block: embedBlock(draft, node.block, library, definitions) })
  return applyDiff(held, draft.diff())
}

/** True when two documents of blocks, each with what it holds, are the same but for names and places on the canvas. */
export function isSameDesign(a: ArchitectureDocument, b: ArchitectureDocument, library: BlockLibrary): boolean {
  const placed = (document: ArchitectureDocument) => ({ document, around: graphOf(document).definitions })
  return isSameBlock(placed(a), placed(b), library)
}

/** True when the definition of `block` in a document does not mean what the library has under that name. */
export function isOutdated(document: ArchitectureDocument, block: string, library: BlockLibrary): boolean {
  const { definitions } = graphOf(document)
  const held = definitions.get(block)
  const found = library.get(block)
  if (held === undefined || found === undefined || !isUserBlock(found)) return false
  const theirs = { document: found.document, around: graphOf(found.document).definitions }
  return !isSameBlock({ document: held.document, around: definitions }, theirs, library)
}

/** Names of the user's blocks that `block` is made of, itself included, as its own records name them. */
function insideOf(block: string, library: BlockLibrary, around: Around): ReadonlySet<string> {
  const found = new Set<string>()
  const visit = (name: string, beside: Around): void => {
    if (found.has(name)) return
    const embedded = beside.get(name)?.document
    const shared = embedded === undefined ? library.get(name) : undefined
    const document = embedded ?? (shared !== undefined && isUserBlock(shared) ? shared.document : undefined)
    found.add(name)
    if (document === undefined) return
    const inner = embedded === undefined ? graphOf(document).definitions : beside
    for (const node of graphOf(document).nodes.values()) if (node.type === 'block') visit(node.block, inner)
  }
  visit(block, around)
  return found
}

/** A block may not be called what something else of the draft means by that name: itself, a block in code, one it names loosely. */
function shelfOf(draft: Draft, library: BlockLibrary): DefinitionShelf {
  const own = ownNameOf(draft)
  const loose = new Set(looseNames(draft))
  const isInCode = (name: string): boolean => {
    const found = library.get(name)
    return found !== undefined && !isUserBlock(found)
  }
  const present = [...definitionsOf(draft)].map(([name, { document }]) => [name, document] as const)
  return new DefinitionShelf({
    library,
    isReserved: (name, isShared) => name === own || isInCode(name) || (!isShared && loose.has(name)),
    present,
  })
}

function put(draft: Draft, shelf: DefinitionShelf): void {
  for (const [name, document] of shelf.documents) {
    const before = draft.get(definitionId(name))
    if (before?.type !== 'definition' || before.document !== document) draft.set(definitionRecord(name, document))
  }
}

function definitionsOf(draft: Draft): ReadonlyMap<string, DefinitionRecord> {
  const found = new Map<string, DefinitionRecord>()
  for (const record of draft.records()) if (record.type === 'definition') found.set(record.name, record)
  return found
}

/** Names of blocks that the draft, or a block in it, uses without holding them. */
function looseNames(draft: Draft): string[] {
  const definitions = definitionsOf(draft)
  const names = new Set<string>()
  const visit = (records: Iterable<DocumentRecord>): void => {
    for (const record of records) if (record.type === 'block' && !definitions.has(record.block)) names.add(record.block)
  }
  visit(draft.records())
  for (const { document } of definitions.values()) visit(Object.values(document.records))
  return [...names]
}

/** The name that a block inside would contain itself by. */
function ownNameOf(draft: Draft): string | undefined {
  const meta = draft.meta()
  return meta.kind === 'block' ? meta.name : undefined
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

function containsItself(block: string): AppError {
  return new AppError(
    'invalid-architecture',
    `Block "${block}" would contain itself.`,
    'Use another block here, or rename the one being edited.',
  )
}
