// A block instance becomes the nodes it stands for: a user's block one level down, with what followed its parameters
// following the instance's; a block of the paper the layers it has for its present input.
import { AppError } from '../../../errors'
import { required } from '../../../required'
import type { BlockLibrary } from '../../block'
import { catalogue } from '../../catalogue'
import { elaborate } from '../../elaborate'
import { INPUT_ID, type ParameterSpecs } from '../../layer'
import { rebind, resolveParameters, scopeOf } from '../bindings'
import type { DocumentDiff } from '../diff'
import { Draft } from '../draft'
import { graphOf, metaOf } from '../graph'
import type {
  ArchitectureDocument,
  BlockRecord,
  DocumentParameters,
  DocumentValue,
  EdgeRecord,
  InnerNodeRecord,
  Position,
} from '../records'
import { INPUT_NODE_ID, OUTPUT_NODE_ID, isBinding, isInnerNode } from '../records'
import { isUserBlock } from '../user-block'
import { embedBlock, pruneDefinitions } from './embed'
import { NOTHING_AROUND, type Around } from './shelf'

/** Vertical distance of nodes that get a place here, in canvas pixels: the editor's row height and a gap. */
const ROW = 72

/**
 * @throws AppError `not-found` for an unknown node or block; `invalid-input` when the node is no block; `invalid-architecture`
 *   when the block cannot be spelled out for its input, or is one of the paper's whose parameters follow others.
 */
export function ungroup(document: ArchitectureDocument, nodeId: string, library: BlockLibrary): DocumentDiff {
  const draft = new Draft(document)
  const node = draft.innerNode(nodeId)
  if (node.type !== 'block')
    throw new AppError('invalid-input', `"${nodeId}" is a layer, expected a block.`, 'Select a block to take apart.')
  const definition = draft.graph.definitions.get(node.block)?.document
  const shared = library.get(node.block)
  const user = definition ?? (shared && isUserBlock(shared) ? shared.document : undefined)
  const around = definition ? draft.graph.definitions : user ? graphOf(user).definitions : NOTHING_AROUND
  const content = user ? userContent(draft, node, user, library, around) : layersOf(document, draft, node, library)
  splice(draft, node, content)
  pruneDefinitions(draft, document)
  return draft.diff()
}

/** What takes the node's place; edges run between the new ids, `INPUT_NODE_ID` and `OUTPUT_NODE_ID`. */
interface Content {
  readonly nodes: readonly InnerNodeRecord[]
  readonly edges: readonly Pick<EdgeRecord, 'from' | 'to' | 'slot'>[]
}

function userContent(
  draft: Draft,
  node: BlockRecord,
  block: ArchitectureDocument,
  library: BlockLibrary,
  around: Around,
): Content {
  const { meta, order, nodes, edges } = graphOf(block)
  const defaults = scopeOf(meta)
  const ids = new Map<string, string>()
  const inner = order.flatMap((id) => {
    const record = required(nodes, id, 'node')
    if (!isInnerNode(record)) return []
    ids.set(id, draft.newId(record.type === 'layer' ? record.kind : record.block))
    const parameters: Record<string, DocumentValue> = {}
    const specs = record.type === 'layer' ? catalogue.get(record.kind)?.parameters : specsOf(record, around, library)
    for (const [name, value] of Object.entries(record.parameters))
      parameters[name] = rebind(value, node.parameters, defaults, specs?.[name]?.type ?? 'number')
    const placed = { ...record, id: required(ids, id, 'id'), parameters }
    return [placed.type === 'block' ? { ...placed, block: embedBlock(draft, placed.block, library, around) } : placed]
  })
  return {
    nodes: inner,
    edges: edges.map(({ from, to, slot }) => ({ from: ids.get(from) ?? from, to: ids.get(to) ?? to, slot })),
  }
}

/** What the block that a record names can be asked for. */
function specsOf({ block }: BlockRecord, around: Around, library: BlockLibrary): ParameterSpecs | undefined {
  const held = around.get(block)
  if (held === undefined) return library.get(block)?.parameters
  const meta = metaOf(held.document)
  return meta.kind === 'block' ? meta.parameters : undefined
}

function layersOf(document: ArchitectureDocument, draft: Draft, node: BlockRecord, library: BlockLibrary): Content {
  const block = library.get(node.block)
  if (!block) throw new AppError('not-found', `There is no block "${node.block}" in the library.`)
  if (Object.values(node.parameters).some(isBinding))
    throw new AppError(
      'invalid-architecture',
      `"${node.id}" follows parameters of its surroundings, which the layers of "${node.block}" could not.`,
      'Give it numbers first.',
    )
  const source = draft.graph.incoming(node.id)[0]?.from
  const input =
    source === undefined ? undefined : elaborate(document, library, { withDeadParts: true }).nodeShapes.get(source)
  if (!input)
    throw new AppError('invalid-architecture', `The input of "${node.id}" has no known shape.`, 'Repair what feeds it.')
  const { values, problems } = resolveParameters(block.parameters, node.parameters, {})
  if (problems.length > 0) throw new AppError('invalid-architecture', `"${node.id}": ${problems.join('; ')}.`)
  const graph = block.expand(values, input)
  const ids = new Map([[INPUT_ID, INPUT_NODE_ID]])
  const nodes = graph.nodes.map((layer): InnerNodeRecord => {
    ids.set(layer.id, draft.newId(layer.kind))
    const parameters: DocumentParameters = layer.parameters
    return { id: required(ids, layer.id, 'id'), type: 'layer', kind: layer.kind, parameters }
  })
  const edges = graph.nodes.flatMap((layer) =>
    layer.inputs.map((from, slot) => ({ from: required(ids, from, 'id'), to: required(ids, layer.id, 'id'), slot })),
  )
  return { nodes, edges: [...edges, { from: required(ids, graph.output, 'id'), to: OUTPUT_NODE_ID, slot: 0 }] }
}

function splice(draft: Draft, node: BlockRecord, { nodes, edges }: Content): void {
  const incoming = draft.graph.incoming(node.id)
  const outgoing = draft.graph.outgoing(node.id)
  draft.remove(node.id)
  for (const edge of [...incoming, ...outgoing]) draft.remove(edge.id)
  nodes.forEach((record, row) => draft.set({ ...record, ...placed(node.position, record.position, nodes, row) }))
  const source = incoming[0]?.from
  const exit = edges.find((edge) => edge.to === OUTPUT_NODE_ID)?.from
  for (const { from, to, slot } of edges) {
    if (to === OUTPUT_NODE_ID) continue
    if (from !== INPUT_NODE_ID) draft.connect(from, to, slot)
    else if (source !== undefined) draft.connect(source, to, slot)
  }
  // A block that only passes its input on leaves a plain connection behind.
  const end = exit === INPUT_NODE_ID ? source : exit
  if (end !== undefined) for (const edge of outgoing) draft.set({ ...edge, from: end })
}

/** The block's own drawing moved to where its instance was, else a column there; nothing where the instance had no place. */
function placed(
  at: Position | undefined,
  own: Position | undefined,
  nodes: readonly InnerNodeRecord[],
  row: number,
): { readonly position?: Position } {
  if (!at) return { position: undefined }
  const first = nodes.find((node) => node.position)?.position
  if (own && first) return { position: { x: at.x + own.x - first.x, y: at.y + own.y - first.y } }
  return { position: { x: at.x, y: at.y + row * ROW } }
}
