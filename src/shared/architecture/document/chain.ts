// Documents built from a list: stem, chain of blocks, head (docs/rules.md#documents-from-lists). What spaces, zoo and
// templates produce, and the way back for seeding a search with a designed network. Positions are left to the editor's
// layout.
import { required } from '../../required'
import type { LayerGraph, TensorShape } from '../layer'
import { INPUT_ID } from '../layer'
import { graphOf } from './graph'
import type {
  ArchitectureDocument,
  BlockRecord,
  DocumentParameters,
  DocumentRecord,
  InnerNodeRecord,
  LayerRecord,
} from './records'
import { DOCUMENT_FORMAT, INPUT_NODE_ID, META_ID, OUTPUT_NODE_ID, definitionId } from './records'
import { metaOf } from './graph'

export interface ChainLayer {
  readonly kind: string
  readonly parameters?: DocumentParameters
}
export interface ChainBlock {
  readonly block: string
  readonly parameters?: DocumentParameters
}

export interface ChainOptions {
  readonly name: string
  /** `[height, width, channels]`. */
  readonly inputShape: TensorShape
  readonly classes: number
  readonly stem: readonly ChainLayer[]
  readonly blocks: readonly ChainBlock[]
  readonly head: readonly ChainLayer[]
  /** Documents of the user's blocks that `blocks` names, so that the result needs nothing beside it. */
  readonly definitions?: readonly ArchitectureDocument[]
}

/** Stem for 32x32 images: 3x3 convolution to `width` channels, batch norm, ReLU; keeps height and width. */
export function cifarStem(width: number): ChainLayer[] {
  return [{ kind: 'conv2d', parameters: { channels: width, kernel: [3, 3] } }, { kind: 'batch-norm' }, { kind: 'relu' }]
}

/** Global average pooling, flatten, dense to the network's classes. The result is logits: softmax belongs to the loss. */
export function classifierHead(): ChainLayer[] {
  return [
    { kind: 'global-average-pool' },
    { kind: 'flatten' },
    { kind: 'dense', parameters: { features: { bind: 'classes' } } },
  ]
}

/**
 * A network document: input, stem, blocks, head, output in one line. Ids are `stem-1`.., `block-1`.., `head-1`..
 * Nothing is checked here: parameters that cannot fit show in `checkDocument`.
 */
export function chainDocument(options: ChainOptions): ArchitectureDocument {
  const { name, inputShape, classes, stem, blocks, head } = options
  const records: Record<string, DocumentRecord> = {
    [META_ID]: { id: META_ID, type: 'meta', kind: 'network', name, input: inputShape, classes },
    [INPUT_NODE_ID]: { id: INPUT_NODE_ID, type: 'input' },
  }
  let last = INPUT_NODE_ID
  let edges = 0
  const append = (id: string): void => {
    const edge = `edge-${++edges}`
    records[edge] = { id: edge, type: 'edge', from: last, to: id, slot: 0 }
    last = id
  }
  const layers = (part: string, list: readonly ChainLayer[]): void =>
    list.forEach(({ kind, parameters }, index) => {
      const id = `${part}-${index + 1}`
      records[id] = { id, type: 'layer', kind, parameters: parameters ?? {} }
      append(id)
    })
  layers('stem', stem)
  blocks.forEach(({ block, parameters }, index) => {
    const id = `block-${index + 1}`
    records[id] = { id, type: 'block', block, parameters: parameters ?? {} }
    append(id)
  })
  layers('head', head)
  records[OUTPUT_NODE_ID] = { id: OUTPUT_NODE_ID, type: 'output' }
  append(OUTPUT_NODE_ID)
  for (const document of options.definitions ?? []) {
    const block = metaOf(document).name
    const id = definitionId(block)
    records[id] = { id, type: 'definition', name: block, document }
  }
  return { format: DOCUMENT_FORMAT, records }
}

/** Every layer of a graph as a node of its own; `/` in ids becomes `.`. For networks that are not chains of blocks. */
export function graphDocument(options: { name: string; classes: number; graph: LayerGraph }): ArchitectureDocument {
  const { name, classes, graph } = options
  const records: Record<string, DocumentRecord> = {
    [META_ID]: { id: META_ID, type: 'meta', kind: 'network', name, input: graph.input, classes },
    [INPUT_NODE_ID]: { id: INPUT_NODE_ID, type: 'input' },
  }
  const ids = new Map([[INPUT_ID, INPUT_NODE_ID]])
  let edges = 0
  const connect = (from: string, to: string, slot: number): void => {
    const id = `edge-${++edges}`
    records[id] = { id, type: 'edge', from, to, slot }
  }
  for (const node of graph.nodes) {
    const wanted = node.id.replace(/[^A-Za-z0-9_.-]/g, '.')
    let id = wanted
    for (let n = 2; Object.hasOwn(records, id) || id === OUTPUT_NODE_ID || id === META_ID; n++) id = `${wanted}.${n}`
    ids.set(node.id, id)
    records[id] = { id, type: 'layer', kind: node.kind, parameters: node.parameters }
    node.inputs.forEach((from, slot) => connect(required(ids, from, 'id'), id, slot))
  }
  records[OUTPUT_NODE_ID] = { id: OUTPUT_NODE_ID, type: 'output' }
  connect(required(ids, graph.output, 'id'), OUTPUT_NODE_ID, 0)
  return { format: DOCUMENT_FORMAT, records }
}

export interface Chain {
  readonly stem: readonly LayerRecord[]
  readonly blocks: readonly BlockRecord[]
  readonly head: readonly LayerRecord[]
}

/** A document read as stem, blocks and head, or why it is not one line of layers, then blocks, then layers. */
export function readChain(document: ArchitectureDocument): Chain | { readonly reason: string } {
  const graph = graphOf(document)
  const line: InnerNodeRecord[] = []
  const seen = new Set<string>()
  for (let id = INPUT_NODE_ID; id !== OUTPUT_NODE_ID;) {
    const outgoing = graph.outgoing(id).filter((edge) => graph.live.has(edge.to))
    if (outgoing.length !== 1) return { reason: `"${id}" leads to ${outgoing.length} nodes, expected one` }
    id = outgoing[0]!.to
    if (graph.incoming(id).length !== 1)
      return { reason: `"${id}" has ${graph.incoming(id).length} inputs, expected one` }
    if (seen.has(id)) return { reason: `"${id}" is on a cycle` }
    seen.add(id)
    const record = required(graph.nodes, id, 'node')
    if (record.type === 'layer' || record.type === 'block') line.push(record)
  }
  const first = line.findIndex((node) => node.type === 'block')
  const last = line.length - 1 - [...line].reverse().findIndex((node) => node.type === 'block')
  if (first < 0) return { reason: 'it has no blocks' }
  const isLayer = (node: InnerNodeRecord): node is LayerRecord => node.type === 'layer'
  const isBlock = (node: InnerNodeRecord): node is BlockRecord => node.type === 'block'
  const between = line.slice(first, last + 1).find(isLayer)
  if (between) return { reason: `layer "${between.id}" stands between blocks` }
  return {
    stem: line.slice(0, first).filter(isLayer),
    blocks: line.slice(first, last + 1).filter(isBlock),
    head: line.slice(last + 1).filter(isLayer),
  }
}
