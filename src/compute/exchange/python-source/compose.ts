// A network as readable Python: a part for each different block, equal blocks sharing one, and the network that puts them together in
// the document's words. How layers and parts are written is a dialect's.
import { ancestorsOf, withoutLastSoftmax } from '@shared/architecture/ancestors'
import { INPUT_ID, type LayerGraph, type LayerNode, type TensorShape } from '@shared/architecture/layer'
import { required } from '@shared/required'
import type { Network } from '../../networks/network'
import type { Dialect, Part, TurnedArray } from './dialect'
import { Names } from './names'

/** A weight of the Python network and where its values come from. */
export interface PythonWeight {
  /** As the library names it. */
  readonly name: string
  readonly node: string
  readonly array: TurnedArray
}

export interface PythonSource {
  /** The parts, the network last. */
  readonly text: string
  readonly weights: readonly PythonWeight[]
}

/** Layers that stand together: those of one block, or a single one of the network's own. */
interface Stretch {
  /** Of the block's node; null for a layer of the network itself. */
  readonly block: string | null
  readonly nodes: readonly LayerNode[]
}

const blockOf = (id: string): string | null => (id.includes('/') ? id.slice(0, id.indexOf('/')) : null)

function stretchesOf(nodes: readonly LayerNode[]): Stretch[] {
  const stretches: { block: string | null; nodes: LayerNode[] }[] = []
  for (const node of nodes) {
    const block = blockOf(node.id)
    const last = stretches.at(-1)
    if (last !== undefined && block !== null && last.block === block) last.nodes.push(node)
    else stretches.push({ block, nodes: [node] })
  }
  return stretches
}

/** What a node of the document is called, where it is a block. */
function blockNames(document: unknown): ReadonlyMap<string, string> {
  const records = (document as { records?: Record<string, { type?: string; block?: string }> } | null)?.records ?? {}
  return new Map(
    Object.entries(records).flatMap(([id, record]): [string, string][] =>
      record.type === 'block' && typeof record.block === 'string' ? [[id, record.block]] : [],
    ),
  )
}

/** One part in the making. */
class PartBuilder {
  readonly modules: { name: string; text: string }[] = []
  readonly body: string[] = []
  readonly weights: PythonWeight[] = []
  private readonly names: Names

  constructor(
    private readonly dialect: Dialect,
    private readonly shapes: ReadonlyMap<string, TensorShape>,
    private readonly isBlock: boolean,
  ) {
    this.names = new Names(dialect.taken)
  }

  name(ours: string): string {
    return this.names.of(ours)
  }

  reserve(word: string): boolean {
    return this.names.reserve(word)
  }

  /** Appends a layer. @param ours its id in this part @param valueOf the variable of another id */
  layer(node: LayerNode, ours: string, valueOf: (id: string) => string): void {
    const variable = this.name(ours)
    const layer = this.dialect.layer(
      node,
      node.inputs.map((id) => required(this.shapes, id, 'shape')),
    )
    if (layer.module !== null) this.modules.push({ name: variable, text: layer.module })
    const self = this.dialect.self(variable, this.isBlock)
    this.body.push(`${variable} = ${layer.call(self, node.inputs.map(valueOf))}`)
    for (const [parameter, array] of Object.entries(layer.weights))
      this.weights.push({ name: `${variable}${this.dialect.separator}${parameter}`, node: node.id, array })
  }
}

/** The graph up to the class scores: a softmax at its end is whoever uses the network's. */
function upToScores(whole: LayerGraph): { readonly nodes: readonly LayerNode[]; readonly output: string } {
  const graph = withoutLastSoftmax(whole)
  const reached = ancestorsOf(graph)
  return { nodes: graph.nodes.filter(({ id }) => reached.has(id)), output: graph.output }
}

/**
 * @param document from which blocks have their names
 * @returns the parts as text, the last one the network, which takes normalised images and gives class scores
 */
export function pythonSource({ graph, shapes }: Network, document: unknown, dialect: Dialect): PythonSource {
  const { nodes, output } = upToScores(graph)
  const titles = blockNames(document)
  const texts = new Map<string, string>()
  const taken = new Map<string, number>([[dialect.networkName, 1]])
  const network = new PartBuilder(dialect, shapes, false)
  const weights: PythonWeight[] = []
  /** A block's only value has the block's name. */
  const only = new Map<string, string>()
  const outside = (id: string): string => (id === INPUT_ID ? 'x' : network.name(only.get(id) ?? id))
  const written: string[] = []

  /** The name of a block that reads like this one; a new one is written. */
  const blockName = (part: Omit<Part, 'name'>): string => {
    const nameless = dialect.partText({ ...part, name: '' })
    const known = texts.get(nameless)
    if (known !== undefined) return known
    const base = dialect.blockName(part.title ?? 'block')
    // A value of the network must not hide the block that it comes from.
    let name = base
    for (let i = (taken.get(base) ?? 0) + 1; ; i++) {
      taken.set(base, i)
      name = i === 1 ? base : `${base}${i}`
      if (network.reserve(name)) break
    }
    texts.set(nameless, name)
    written.push(dialect.partText({ ...part, name }))
    return name
  }

  for (const { block, nodes: own } of stretchesOf(nodes)) {
    if (block === null) {
      network.layer(own[0]!, own[0]!.id, outside)
      continue
    }
    const inner = new Set(own.map(({ id }) => id))
    const inputs = [...new Set(own.flatMap((node) => node.inputs.filter((id) => !inner.has(id))))]
    const outputs = own
      .map(({ id }) => id)
      .filter((id) => id === output || nodes.some((node) => !inner.has(node.id) && node.inputs.includes(id)))
    if (outputs.length === 1) only.set(outputs[0]!, block)
    const builder = new PartBuilder(dialect, shapes, true)
    const local = (id: string): string =>
      inner.has(id) ? builder.name(id.slice(block.length + 1)) : inputs.length === 1 ? 'x' : `x${inputs.indexOf(id)}`
    for (const node of own) builder.layer(node, node.id.slice(block.length + 1), local)
    const name = blockName({
      title: titles.get(block) ?? 'block',
      modules: builder.modules,
      inputs: inputs.map(local),
      body: [...builder.body, `return ${outputs.map(local).join(', ')}`],
    })
    const variable = network.name(block)
    const { module, call } = dialect.block(variable, name, inputs.map(outside))
    if (module !== null) network.modules.push({ name: variable, text: module })
    network.body.push(`${outputs.map(outside).join(', ')} = ${call}`)
    weights.push(
      ...builder.weights.map((weight) => ({ ...weight, name: `${variable}${dialect.blockSeparator}${weight.name}` })),
    )
  }
  const part: Part = {
    name: dialect.networkName,
    title: null,
    modules: network.modules,
    inputs: ['x'],
    body: [...network.body, `return ${outside(output)}`],
  }
  return { text: [...written, dialect.partText(part)].join('\n\n\n'), weights: [...weights, ...network.weights] }
}
