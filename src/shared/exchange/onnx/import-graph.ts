// A network of ours from the graph of an ONNX model: its layers and their values. Every operator that has no layer of ours is told with
// its place; for looking at the rest, each becomes an identity. How files are read is read-graph.ts's.
import { INPUT_ID, type TensorShape } from '../../architecture/layer'
import { endedGraph, nothingRead, scalingOf, type ImportProblem, type ReadNetwork } from '../imported/imported-network'
import { NoLayer } from '../imported/network-builder'
import { foldConstant } from './constant-operators'
import { GraphImporter } from './importer'
import { OPERATORS } from './operators'
import type { OnnxGraph, OnnxNode } from './read-graph'

/** The one image input as ours, or why there is none. */
function inputOf({ inputs, nodes }: OnnxGraph): { name: string; shape: TensorShape; isLast: boolean } | string {
  const [input, ...others] = inputs
  if (input === undefined || others.length > 0) return `it has ${inputs.length} inputs, and a network here has one`
  const [, ...dims] = input.dims
  const known = dims.filter((dim): dim is number => dim !== undefined && Number.isSafeInteger(dim) && dim > 0)
  if (known.length !== dims.length || (known.length !== 3 && known.length !== 1))
    return `its input ${input.name} has the axes [${input.dims.map((dim) => dim ?? '?').join(', ')}]; known sizes of an image were expected behind the batch`
  if (known.length === 1) return { name: input.name, shape: [known[0]!], isLast: false }
  const [a, b, c] = known as [number, number, number]
  // An image that is turned before anything else than arithmetic comes with its channels last.
  const isLast = turnsImage(nodes, input.name)
  return { name: input.name, shape: isLast ? [a, b, c] : [b, c, a], isLast }
}

const ARITHMETIC: ReadonlySet<string> = new Set(['Identity', 'Cast', 'Mul', 'Div', 'Add', 'Sub'])

/** Whether the image comes with its channels last and is turned. */
function turnsImage(nodes: readonly OnnxNode[], image: string): boolean {
  const readers = new Map<string, OnnxNode>()
  for (const node of nodes) for (const name of node.inputs) if (!readers.has(name)) readers.set(name, node)
  const seen = new Set<string>()
  for (let name = image; !seen.has(name);) {
    seen.add(name)
    const reader = readers.get(name)
    if (reader?.op === 'Transpose') return reader.ints('perm')?.join() === '0,3,1,2'
    if (reader === undefined || !ARITHMETIC.has(reader.op)) return false
    name = reader.outputs[0] ?? name
  }
  return false
}

export function importGraph(source: OnnxGraph): ReadNetwork {
  const problems: ImportProblem[] = []
  const input = inputOf(source)
  if (typeof input === 'string') return nothingRead({ place: 'the graph', operator: 'input', reason: input })
  const importer = new GraphImporter(source, input.shape)
  importer.give(input.name, {
    id: INPUT_ID,
    shape: input.shape,
    ...(input.isLast && { pending: { step: 'channels-last' as const } }),
  })
  for (const node of source.nodes) {
    try {
      if (node.refusal !== undefined) throw new NoLayer(node.refusal)
      if (foldConstant(importer, node)) continue
      const read = OPERATORS.get(node.op)
      if (read === undefined) throw new NoLayer('there is no layer for this operator')
      read(importer, node)
    } catch (thrown) {
      if (!(thrown instanceof NoLayer)) throw thrown
      problems.push({ place: node.name, operator: node.op, reason: thrown.message })
      // The rest can still be looked at: what cannot be read passes its first value on.
      const first = node.inputs.map((name) => importer.find(name)).find((value) => value !== undefined)
      if (first === undefined) continue
      const passed = importer.layer(node, 'identity', {}, [{ id: first.id, shape: first.shape }])
      for (const output of node.outputs) importer.give(output, passed)
    }
  }
  const output = outputOf(importer, problems)
  const scaling = scalingOf(importer, problems)
  if (source.outputs.length > 1)
    importer.notes.add(`The file has ${source.outputs.length} outputs; the network here ends with the first.`)
  const graph = endedGraph(importer, output)
  return { graph, problems, notes: [...importer.notes], arrays: importer.arrays, scaling, budget: importer.budget }
}

/** The layer that gives the first output, or the input where nothing leads to it. */
function outputOf(importer: GraphImporter, problems: ImportProblem[]): string {
  const [wanted] = importer.source.outputs
  const output = wanted === undefined ? undefined : importer.find(wanted)
  const problem = (reason: string): void =>
    void problems.push({ place: wanted ?? 'the graph', operator: 'output', reason })
  if (output === undefined) problem('nothing that was read leads to it')
  else if (output.pending !== undefined) problem(`it ends within a layer (${output.pending.step})`)
  else if (output.order !== undefined) problem('its features lie in another order than those of networks here')
  return output === undefined ? INPUT_ID : importer.features('scores', output).id
}
