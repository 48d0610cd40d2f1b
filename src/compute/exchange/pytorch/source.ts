// A network as readable PyTorch: one class a block, equal blocks sharing one, and the network that puts them together. How a layer
// is written is layers.ts's, the fixed parts of the file are template.ts's.
import { INPUT_ID, type LayerGraph, type LayerNode, type TensorShape } from '@shared/architecture/layer'
import { required } from '@shared/required'
import type { Network } from '../../networks/network'
import { ancestorsOf } from '../ancestors'
import { pythonLayer, type TurnedArray } from './layers'

/** A weight of the Python module and where its values come from. */
export interface PythonWeight {
  /** As in the module's `state_dict`. */
  readonly name: string
  readonly node: string
  readonly array: TurnedArray
}

export interface PythonSource {
  readonly classes: string
  readonly weights: readonly PythonWeight[]
}

/** Words that a variable of a layer must not take, beside Python's own. */
const TAKEN = new Set(
  (
    'self x torch nn math F forward super False None True and as assert async await break class continue def del elif else except ' +
    'finally for from global if import in is lambda nonlocal not or pass raise return try while with yield training normalise ' +
    'type float double half bfloat16 cpu cuda to eval train apply modules children parameters buffers state_dict zero_grad share_memory'
  ).split(' '),
)

/** Python's names for what has ours, unique among those given so far. */
class Names {
  private readonly given = new Map<string, string>()
  private readonly used = new Set<string>()

  of(ours: string): string {
    const known = this.given.get(ours)
    if (known !== undefined) return known
    const plain = ours.replace(/[^A-Za-z0-9_]+/g, '_').replace(/^_+(?=.)/, '')
    const base = /^[A-Za-z]/.test(plain) ? plain : `layer_${plain}`
    let name = base
    for (let i = 2; this.used.has(name) || TAKEN.has(name); i++) name = `${base}_${i}`
    this.used.add(name)
    this.given.set(ours, name)
    return name
  }
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

/** "resnet-basic" is ResnetBasic. */
const classNameOf = (block: string): string =>
  block
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => word[0]!.toUpperCase() + word.slice(1))
    .join('')
    .replace(/^(?![A-Z])/, 'Block')

const indented = (lines: readonly string[], depth: number): string[] =>
  lines.map((line) => (line === '' ? '' : ' '.repeat(4 * depth) + line))

function classText(
  name: string,
  about: string,
  modules: readonly string[],
  signature: string,
  body: readonly string[],
): string {
  return [
    `class ${name}(nn.Module):`,
    ...indented([`"""${about}"""`, '', 'def __init__(self):'], 1),
    ...indented(['super().__init__()', ...modules], 2),
    '',
    ...indented([`def forward(self, ${signature}):`], 1),
    ...indented(body, 2),
  ].join('\n')
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

/** One class in the making. */
class ClassBuilder {
  readonly modules: string[] = []
  readonly body: string[] = []
  readonly weights: { readonly name: string; readonly node: string; readonly array: TurnedArray }[] = []
  private readonly names = new Names()

  constructor(private readonly shapes: ReadonlyMap<string, TensorShape>) {}

  name(ours: string): string {
    return this.names.of(ours)
  }

  /** Appends a layer. @param ours its id in this class @param valueOf the variable of another id */
  layer(node: LayerNode, ours: string, valueOf: (id: string) => string): void {
    const variable = this.name(ours)
    const layer = pythonLayer(
      node,
      node.inputs.map((id) => required(this.shapes, id, 'shape')),
    )
    if (layer.module !== null) this.modules.push(`self.${variable} = ${layer.module}`)
    this.body.push(`${variable} = ${layer.call(variable, node.inputs.map(valueOf))}`)
    for (const [parameter, array] of Object.entries(layer.weights))
      this.weights.push({ name: `${variable}.${parameter}`, node: node.id, array })
  }
}

/**
 * @param document from which blocks have their names
 * @returns the classes as text, the last one `Network`, which takes normalised images and gives class scores
 */
export function pythonSource({ graph: whole, shapes }: Network, document: unknown): PythonSource {
  const last = whole.nodes.find(({ id }) => id === whole.output)
  const graph: LayerGraph = last?.kind === 'softmax' ? { ...whole, output: last.inputs[0]! } : whole
  const reached = ancestorsOf(graph)
  const nodes = graph.nodes.filter(({ id }) => reached.has(id))
  const titles = blockNames(document)
  const texts = new Map<string, string>()
  const taken = new Map<string, number>([['Network', 1]])
  const network = new ClassBuilder(shapes)
  const weights: PythonWeight[] = []
  /** A block's only value has the block's name. */
  const only = new Map<string, string>()
  const outside = (id: string): string => (id === INPUT_ID ? 'x' : network.name(only.get(id) ?? id))

  const blockClass = (text: (name: string) => string, title: string): string => {
    const body = text('')
    const known = texts.get(body)
    if (known !== undefined) return known
    const base = classNameOf(title)
    const count = (taken.get(base) ?? 0) + 1
    taken.set(base, count)
    const name = count === 1 ? base : `${base}${count}`
    texts.set(body, name)
    return name
  }

  const written: string[] = []
  for (const { block, nodes: own } of stretchesOf(nodes)) {
    if (block === null) {
      network.layer(own[0]!, own[0]!.id, outside)
      continue
    }
    const inner = new Set(own.map(({ id }) => id))
    const inputs = [...new Set(own.flatMap((node) => node.inputs.filter((id) => !inner.has(id))))]
    const outputs = own
      .map(({ id }) => id)
      .filter((id) => id === graph.output || nodes.some((node) => !inner.has(node.id) && node.inputs.includes(id)))
    if (outputs.length === 1) only.set(outputs[0]!, block)
    const builder = new ClassBuilder(shapes)
    const local = (id: string): string =>
      inner.has(id) ? builder.name(id.slice(block.length + 1)) : inputs.length === 1 ? 'x' : `x${inputs.indexOf(id)}`
    for (const node of own) builder.layer(node, node.id.slice(block.length + 1), local)
    const title = titles.get(block) ?? 'block'
    const signature = inputs.map(local).join(', ')
    const body = [...builder.body, `return ${outputs.map(local).join(', ')}`]
    const text = (name: string): string => classText(name, `The block ${title}.`, builder.modules, signature, body)
    const before = texts.size
    const name = blockClass(text, title)
    if (texts.size > before) written.push(text(name))
    const variable = network.name(block)
    network.modules.push(`self.${variable} = ${name}()`)
    network.body.push(`${outputs.map(outside).join(', ')} = self.${variable}(${inputs.map(outside).join(', ')})`)
    weights.push(...builder.weights.map((weight) => ({ ...weight, name: `${variable}.${weight.name}` })))
  }
  const body = [...network.body, `return ${outside(graph.output)}`]
  const text = classText(
    'Network',
    'Normalised images [batch, channels, height, width] to class scores.',
    network.modules,
    'x',
    body,
  )
  return { classes: [...written, text].join('\n\n\n'), weights: [...weights, ...network.weights] }
}
