// A selection becomes a block of the user's own: one definition beside the nodes and one instance in their place.
import { AppError } from '../../../errors'
import type { BlockLibrary } from '../../block'
import { catalogue } from '../../catalogue'
import { elaborate } from '../../elaborate'
import type { ParameterSpec, ParameterSpecs } from '../../layer'
import { gcd } from '../bindings'
import type { DocumentDiff } from '../diff'
import { Draft } from '../draft'
import type { DocumentGraph } from '../graph'
import { graphOf, metaOf, reach } from '../graph'
import { MAX_CLASSES } from '../limits'
import type {
  ArchitectureDocument,
  Binding,
  BlockRecord,
  DocumentParameters,
  DocumentRecord,
  EdgeRecord,
  InnerNodeRecord,
  Position,
} from '../records'
import {
  DOCUMENT_FORMAT,
  INPUT_NODE_ID,
  META_ID,
  OUTPUT_NODE_ID,
  definitionId,
  isBinding,
  isInnerNode,
} from '../records'
import { blockParameterSpecs } from '../templates'
import { definitionRecord } from './embed'
import { blockNameFrom, isBlockName } from './set'

/** Ratios of widths up to sixteenths are taken for design, others for coincidence (chosen by the authors: MBConv's 1/16 is the finest of the zoo). */
const FINEST_RATIO = 16

/**
 * Replaces `ids` by a new block `name`. Convolution widths in simple ratios to the last one follow the block's parameter
 * `width`, whose default keeps them as they are; parameters of the surroundings are passed on.
 * @returns the diff; its one added block node is the instance.
 * @throws AppError `invalid-architecture` when the selection has not exactly one source and one exit, or values leave it
 *   and come back; `conflict` when the name is taken; `invalid-input` when it is no block name.
 */
export function groupIntoBlock(
  document: ArchitectureDocument,
  ids: readonly string[],
  name: string,
  library: BlockLibrary = new Map(),
): DocumentDiff {
  checkName(document, name, library)
  const draft = new Draft(document)
  const nodes = [...new Set(ids)].map((id) => draft.innerNode(id))
  const { source, exit, entering, leaving, inside } = boundary(draft.graph, nodes)
  const width = widthBinding(draft.graph, nodes, exit)
  const inner = nodes.map((node) => width.bind(node))
  const outer = outerParameters(document, nodes)
  const shape = elaborate(document, library, { withDeadParts: true }).nodeShapes.get(source)
  const meta: DocumentRecord = {
    id: META_ID,
    type: 'meta',
    kind: 'block',
    name,
    input: shape ?? metaOf(document).input,
    parameters: { ...width.specs, ...outer.specs },
  }
  const records: DocumentRecord[] = [
    meta,
    { id: INPUT_NODE_ID, type: 'input' },
    { id: OUTPUT_NODE_ID, type: 'output' },
    ...inner,
    ...inside,
    ...entering.map((edge) => ({ ...edge, from: INPUT_NODE_ID })),
    { id: draft.newId('edge'), type: 'edge', from: exit, to: OUTPUT_NODE_ID, slot: 0 },
  ]
  const block: ArchitectureDocument = {
    format: DOCUMENT_FORMAT,
    records: Object.fromEntries(records.map((record) => [record.id, record])),
  }

  for (const record of [...nodes, ...inside, ...entering]) draft.remove(record.id)
  const position = centre(nodes)
  const instance: BlockRecord = {
    id: draft.newId(name),
    type: 'block',
    block: name,
    parameters: outer.passed,
    ...(position ? { position } : {}),
  }
  draft.set(instance)
  draft.connect(source, instance.id, 0)
  for (const edge of leaving) draft.set({ ...edge, from: instance.id })
  draft.set(definitionRecord(name, block))
  return draft.diff()
}

function checkName(document: ArchitectureDocument, name: string, library: BlockLibrary): void {
  if (!isBlockName(name))
    throw new AppError(
      'invalid-input',
      `A block's name is made of lower-case letters, digits and single dashes, received "${name}".`,
      `Use for example "${blockNameFrom(name)}".`,
    )
  const own = metaOf(document)
  const isTaken = library.has(name) || document.records[definitionId(name)] !== undefined || own.name === name
  if (isTaken) throw new AppError('conflict', `There is a block "${name}" already.`, 'Choose another name.')
}

interface Boundary {
  /** The one node outside that feeds the selection, and the one inside that feeds the outside. */
  readonly source: string
  readonly exit: string
  readonly entering: readonly EdgeRecord[]
  readonly leaving: readonly EdgeRecord[]
  readonly inside: readonly EdgeRecord[]
}

function boundary(graph: DocumentGraph, nodes: readonly InnerNodeRecord[]): Boundary {
  const selected = new Set(nodes.map((node) => node.id))
  const into = nodes.flatMap((node) => graph.incoming(node.id))
  const entering = into.filter((edge) => !selected.has(edge.from))
  const inside = into.filter((edge) => selected.has(edge.from))
  const leaving = nodes.flatMap((node) => graph.outgoing(node.id)).filter((edge) => !selected.has(edge.to))
  const [source, ...moreSources] = new Set(entering.map((edge) => edge.from))
  const [exit, ...moreExits] = new Set(leaving.map((edge) => edge.from))
  if (source === undefined || moreSources.length > 0)
    throw unfit(entering.length === 0 ? 'nothing feeds it' : `${moreSources.length + 1} nodes feed it`)
  if (exit === undefined || moreExits.length > 0)
    throw unfit(leaving.length === 0 ? 'nothing follows it' : `${moreExits.length + 1} of its nodes lead out of it`)
  const behind = reach(
    leaving.map((edge) => edge.to),
    (id) => graph.outgoing(id).map((edge) => edge.to),
  )
  if (behind.has(source)) throw unfit('what it leads to comes back into it')
  return { source, exit, entering, leaving, inside }
}

function unfit(reason: string): AppError {
  return new AppError(
    'invalid-architecture',
    `The selection cannot become a block: ${reason}. A block has one input and one output.`,
    'Select everything between one node and another.',
  )
}

interface WidthBinding {
  readonly specs: ParameterSpecs
  bind(node: InnerNodeRecord): InnerNodeRecord
}

/** The width of the convolution nearest to the exit becomes the block's parameter; other widths follow in their ratio. */
function widthBinding(graph: DocumentGraph, nodes: readonly InnerNodeRecord[], exit: string): WidthBinding {
  const selected = new Map(nodes.map((node) => [node.id, node]))
  const usesWidth = nodes.some((node) =>
    Object.values(node.parameters).some((value) => isBinding(value) && value.bind === 'width'),
  )
  const backwards = reach([exit], (id) =>
    graph.incoming(id).flatMap((edge) => (selected.has(edge.from) ? [edge.from] : [])),
  )
  const last = usesWidth
    ? undefined
    : [...graph.order].reverse().find((id) => backwards.has(id) && channelsOf(selected.get(id)))
  const width = last === undefined ? undefined : channelsOf(selected.get(last))
  if (width === undefined) return { specs: {}, bind: (node) => node }
  const bind = (node: InnerNodeRecord): InnerNodeRecord => {
    const channels = channelsOf(node)
    if (channels === undefined) return node
    const divisor = gcd(channels, width)
    const times = [channels / divisor, width / divisor] as const
    if (Math.max(...times) > FINEST_RATIO) return node
    const follow: Binding = channels === width ? { bind: 'width' } : { bind: 'width', times }
    // One group a channel is depthwise: it stays so at any width.
    const groups: DocumentParameters = node.parameters.groups === channels && channels > 1 ? { groups: follow } : {}
    return { ...node, parameters: { ...node.parameters, channels: follow, ...groups } }
  }
  return { specs: { width: blockParameterSpecs(width).width! }, bind }
}

/** Output channels of a layer that sets them, if they are a plain number. */
function channelsOf(node: InnerNodeRecord | undefined): number | undefined {
  if (node?.type !== 'layer') return undefined
  const spec = catalogue.get(node.kind)?.parameters.channels
  if (!spec) return undefined
  const value = node.parameters.channels ?? spec.default
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined
}

/** Surrounding parameters that the selection follows become parameters of the block, and the instance passes them on. */
function outerParameters(
  document: ArchitectureDocument,
  nodes: readonly InnerNodeRecord[],
): { readonly specs: ParameterSpecs; readonly passed: DocumentParameters } {
  const meta = metaOf(document)
  const names = new Set<string>()
  for (const node of nodes)
    for (const value of Object.values(node.parameters)) if (isBinding(value)) names.add(value.bind)
  const specs: Record<string, ParameterSpec> = {}
  const passed: Record<string, { bind: string }> = {}
  for (const name of names) {
    const spec: ParameterSpec | undefined =
      meta.kind === 'block'
        ? meta.parameters[name]
        : name === 'classes'
          ? { type: 'integer', min: 1, max: MAX_CLASSES, default: meta.classes, title: 'Classes' }
          : undefined
    if (!spec) continue
    specs[name] = spec
    passed[name] = { bind: name }
  }
  return { specs, passed }
}

function centre(nodes: readonly InnerNodeRecord[]): Position | undefined {
  const placed = nodes.flatMap((node) => (node.position ? [node.position] : []))
  if (placed.length === 0) return undefined
  const mean = (pick: (position: Position) => number): number =>
    Math.round(placed.reduce((sum, position) => sum + pick(position), 0) / placed.length)
  return { x: mean((position) => position.x), y: mean((position) => position.y) }
}

/** Ids of the layers and blocks of a document: what "select all" selects. */
export function innerNodeIds(document: ArchitectureDocument): string[] {
  return [...graphOf(document).nodes.values()].filter(isInnerNode).map((node) => node.id)
}
