// Documents that are meant to hurt: each family makes one thing as large, as deep or as often repeated as a file can ask for.
import type { ArchitectureDocument, DocumentParameters, DocumentRecord } from '../document/records'
import { DOCUMENT_FORMAT, INPUT_NODE_ID, META_ID, OUTPUT_NODE_ID, definitionId } from '../document/records'
import type { ParameterSpecs } from '../layer'

type Node =
  | { readonly kind: string; readonly parameters?: DocumentParameters }
  | { readonly block: string; readonly parameters?: DocumentParameters }

const padded = (text: string, length: number): string => `${'x'.repeat(Math.max(0, length - text.length - 1))}-${text}`
/** As long as a block may be called. */
const blockName = (level: number): string => padded(`b${level}`, 88)
/** As long as a record may be called. */
const nodeId = (index: number): string => padded(`n${index}`, 100)

interface Part {
  readonly name: string
  readonly nodes: readonly Node[]
  /** Pairs of indices into `nodes`; -1 is the input, `nodes.length` the output. A chain where left out. */
  readonly edges?: readonly (readonly [number, number])[]
  readonly parameters?: ParameterSpecs
}

function recordsOf({ nodes, edges }: Pick<Part, 'nodes' | 'edges'>): Record<string, DocumentRecord> {
  const idOf = (at: number): string => (at < 0 ? INPUT_NODE_ID : at === nodes.length ? OUTPUT_NODE_ID : nodeId(at))
  const records: Record<string, DocumentRecord> = {
    [INPUT_NODE_ID]: { id: INPUT_NODE_ID, type: 'input' },
    [OUTPUT_NODE_ID]: { id: OUTPUT_NODE_ID, type: 'output' },
  }
  nodes.forEach((node, at) => {
    const [id, parameters] = [nodeId(at), node.parameters ?? {}]
    records[id] =
      'kind' in node
        ? { id, type: 'layer', kind: node.kind, parameters }
        : { id, type: 'block', block: node.block, parameters }
  })
  const chain = Array.from({ length: nodes.length + 1 }, (_, at) => [at - 1, at] as const)
  const slots = new Map<number, number>()
  ;(edges ?? chain).forEach(([from, to], at) => {
    const slot = slots.get(to) ?? 0
    slots.set(to, slot + 1)
    records[`e${at}`] = { id: `e${at}`, type: 'edge', from: idOf(from), to: idOf(to), slot: Math.min(slot, 1000) }
  })
  return records
}

const shape = [32, 32, 3] as const
function blockOf({ name, parameters = {}, ...part }: Part): ArchitectureDocument {
  const meta = { id: META_ID, type: 'meta', kind: 'block', name, input: shape, parameters } as const
  return { format: DOCUMENT_FORMAT, records: { [META_ID]: meta, ...recordsOf(part) } }
}
function networkOf(part: Omit<Part, 'name'>, parts: readonly Part[] = []): ArchitectureDocument {
  const meta = { id: META_ID, type: 'meta', kind: 'network', name: 'hostile', input: shape, classes: 10 } as const
  const definitions = parts.map((each) => {
    const id = definitionId(each.name)
    return [id, { id, type: 'definition', name: each.name, document: blockOf(each) }] as const
  })
  return {
    format: DOCUMENT_FORMAT,
    records: { [META_ID]: meta, ...recordsOf(part), ...Object.fromEntries(definitions) },
  }
}

const repeated = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value)
/** Levels of blocks that each use the one below `times` times. */
function levels(depth: number, times: number, bottom: readonly Node[]): Part[] {
  return Array.from({ length: depth }, (_, level) => ({
    name: blockName(level),
    nodes: level === 0 ? bottom : repeated(times, { block: blockName(level - 1) }),
  }))
}
const top = (depth: number): Node[] => [{ block: blockName(depth - 1) }]
const RELU: Node = { kind: 'relu' }

/** By what they overdo; `size` grows each without end. */
export const HOSTILE_DOCUMENTS: Readonly<Record<string, (size: number) => ArchitectureDocument>> = {
  'blocks nested deep': (size) => networkOf({ nodes: top(size) }, levels(size, 1, repeated(8, RELU))),
  'blocks that double at each level': (size) => networkOf({ nodes: top(size) }, levels(size, 2, [RELU])),
  'blocks that repeat ten times at each level': (size) => networkOf({ nodes: top(size) }, levels(size, 10, [RELU])),
  'blocks without a layer that repeat': (size) => networkOf({ nodes: top(size) }, levels(size, 10, [])),
  'blocks of the library that repeat': (size) =>
    networkOf({ nodes: top(size) }, levels(size, 10, [{ block: 'googlenet-inception', parameters: { width: 64 } }])),
  'sums of a thousand values that repeat': (size) => {
    const edges = [...repeated(1000, [-1, 0] as const), [0, 1] as const]
    const wide: Part = { name: blockName(0), nodes: [{ kind: 'add' }], edges }
    return networkOf({ nodes: repeated(size * 10, { block: blockName(0) }) }, [wide])
  },
  'parameters by the hundred, passed on': (size) => {
    const names = Array.from({ length: Math.min(size, 2000) }, (_, at) => padded(`p${at}`, 200))
    const spec = { type: 'integer', title: 'p', min: 1, max: 9, default: 1 } as const
    const parameters = Object.fromEntries(names.map((name) => [name, spec]))
    const given = Object.fromEntries(names.map((name) => [name, { bind: name }]))
    const [inner, outer] = [blockName(0), blockName(1)]
    return networkOf({ nodes: repeated(size, { block: outer }) }, [
      { name: inner, nodes: [RELU], parameters },
      { name: outer, nodes: repeated(20, { block: inner, parameters: given }), parameters },
    ])
  },
  'parameters nobody knows': (size) =>
    networkOf({
      nodes: repeated(size, {
        kind: 'conv2d',
        parameters: Object.fromEntries(Array.from({ length: 50 }, (_, at) => [padded(`p${at}`, 200), at])),
      }),
    }),
  'blocks nobody knows, beside many': (size) =>
    networkOf({ nodes: repeated(size, { block: padded('none', 88) }) }, levels(Math.min(size, 400), 0, [])),
  'convolutions without normalisation': (size) =>
    networkOf({ nodes: repeated(size, { kind: 'conv2d', parameters: { channels: 3, padding: 'half' } }) }),
  'nodes connected to nothing': (size) => networkOf({ nodes: repeated(size, RELU), edges: [[-1, size]] }),
  'definitions that nothing uses': (size) =>
    networkOf({ nodes: [RELU] }, levels(Math.min(size, 490), 1, repeated(100, RELU))),
  'a wide sum': (size) =>
    networkOf({
      nodes: [...repeated(size, RELU), { kind: 'add' }],
      edges: [
        ...Array.from({ length: size }, (_, at) => [-1, at] as const),
        ...Array.from({ length: size }, (_, at) => [at, size] as const),
        [size, size + 1],
      ],
    }),
}

/** Blocks of a library that each use the one before. */
export const levelsOf = (depth: number): ArchitectureDocument[] => levels(depth, 1, [RELU]).map(blockOf)
