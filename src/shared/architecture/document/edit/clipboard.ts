// Copy, paste, duplicate: a selection as plain JSON that survives the system's clipboard and another document.
import { z } from 'zod'
import { AppError } from '../../../errors'
import type { BlockLibrary } from '../../block'
import type { DocumentDiff } from '../diff'
import { Draft } from '../draft'
import { metaOf } from '../graph'
import { integrityProblem } from '../integrity'
import { MAX_DEFINITIONS, MAX_EDGES, MAX_NODES } from '../limits'
import { unsafePlace } from '../parse'
import type {
  ArchitectureDocument,
  DefinitionRecord,
  DocumentRecord,
  EdgeRecord,
  InnerNodeRecord,
  Position,
} from '../records'
import { DOCUMENT_FORMAT, INPUT_NODE_ID, META_ID, OUTPUT_NODE_ID, isInnerNode } from '../records'
import { documentSchema, edgeSchema, innerNodeSchema, issuesText } from '../schema'
import { definitionRecord, embedBlock } from './embed'
import { DefinitionShelf } from './shelf'

export interface Clipboard {
  readonly format: 'gptnas-clipboard/1'
  readonly nodes: readonly InnerNodeRecord[]
  /** Connections among the nodes. */
  readonly edges: readonly EdgeRecord[]
  /** Documents of the user's blocks they need. */
  readonly definitions: readonly ArchitectureDocument[]
}

const clipboardSchema: z.ZodType<Clipboard> = z.strictObject({
  format: z.literal('gptnas-clipboard/1'),
  nodes: z.array(innerNodeSchema).max(MAX_NODES),
  edges: z.array(edgeSchema).max(MAX_EDGES),
  definitions: z.array(documentSchema).max(MAX_DEFINITIONS),
})

/**
 * The selected layers and blocks with what connects them; input and output are left out.
 * @param library where blocks are found that the document names without holding them
 * @throws AppError `not-found`.
 */
export function copySelection(
  document: ArchitectureDocument,
  ids: readonly string[],
  library: BlockLibrary = new Map(),
): Clipboard {
  const draft = new Draft(document)
  const { definitions, edges } = draft.graph
  const shelf = new DefinitionShelf({ library, isReserved: () => false })
  const nodes = [...new Set(ids)]
    .map((id) => draft.node(id))
    .filter(isInnerNode)
    .map((node) => (node.type === 'block' ? { ...node, block: shelf.place(node.block, definitions) } : node))
  const selected = new Set(nodes.map((node) => node.id))
  return {
    format: 'gptnas-clipboard/1',
    nodes,
    edges: edges.filter((edge) => selected.has(edge.from) && selected.has(edge.to)),
    definitions: [...shelf.documents.values()],
  }
}

/**
 * The copied nodes under new ids, moved by `offset`. Where the document has another block of a name, the pasted one gets a new name.
 * @returns the diff; `addedNodeIds` of it are the pasted nodes.
 * @throws AppError `invalid-architecture` when a block would be pasted into itself.
 */
export function paste(
  document: ArchitectureDocument,
  clipboard: Clipboard,
  offset: Position = { x: 0, y: 0 },
  library: BlockLibrary = new Map(),
): DocumentDiff {
  const draft = new Draft(document)
  const ids = new Map<string, string>()
  const around = new Map(clipboard.definitions.map((definition) => [metaOf(definition).name, { document: definition }]))
  for (const node of clipboard.nodes) {
    const id = draft.newId(node.type === 'layer' ? node.kind : node.block)
    ids.set(node.id, id)
    const { position } = node
    draft.set({
      ...node,
      id,
      ...(node.type === 'block' ? { block: embedBlock(draft, node.block, library, around) } : {}),
      ...(position ? { position: { x: position.x + offset.x, y: position.y + offset.y } } : {}),
    })
  }
  for (const edge of clipboard.edges) {
    const from = ids.get(edge.from)
    const to = ids.get(edge.to)
    if (from !== undefined && to !== undefined) draft.connect(from, to, edge.slot)
  }
  return draft.diff()
}

/** Copy and paste in one, beside the original. @throws AppError `not-found`. */
export function duplicate(
  document: ArchitectureDocument,
  ids: readonly string[],
  offset: Position = { x: 32, y: 32 },
  library: BlockLibrary = new Map(),
): DocumentDiff {
  return paste(document, copySelection(document, ids, library), offset, library)
}

/** What the system's clipboard holds, or undefined when it is not ours. @throws AppError `invalid-input` when it is damaged. */
export function parseClipboard(text: string): Clipboard | undefined {
  if (!text.includes('gptnas-clipboard/')) return undefined
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // Text that merely mentions the format is somebody's text, not a damaged clipboard.
    return undefined
  }
  const unsafe = unsafePlace(json)
  const parsed = unsafe === undefined ? clipboardSchema.safeParse(json) : undefined
  if (!parsed?.success) throw damaged(unsafe ?? (parsed ? issuesText(parsed.error) : ''))
  const problem = integrityProblem(asNetwork(parsed.data))
  if (problem !== undefined) throw damaged(problem)
  return parsed.data
}

/** The selection as a network of its own, because the same rules hold: ends exist, no circles, definitions are blocks. */
function asNetwork({ nodes, edges, definitions }: Clipboard): ArchitectureDocument {
  const records: DocumentRecord[] = [
    { id: META_ID, type: 'meta', kind: 'network', name: 'clipboard', input: [1, 1, 1], classes: 1 },
    { id: INPUT_NODE_ID, type: 'input' },
    { id: OUTPUT_NODE_ID, type: 'output' },
    ...nodes,
    ...edges,
    ...definitions.map(definitionOf),
  ]
  return { format: DOCUMENT_FORMAT, records: Object.fromEntries(records.map((record) => [record.id, record])) }
}

function definitionOf(document: ArchitectureDocument): DefinitionRecord {
  const { name } = metaOf(document)
  return definitionRecord(name, document)
}

function damaged(message: string): AppError {
  return new AppError('invalid-input', `The clipboard holds a damaged selection: ${message}.`, 'Copy it again.')
}
