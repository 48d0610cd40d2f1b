// A network of ours from the graph of an ONNX model: its layers, without weights. Every operator that has no layer of ours is told with
// its place; for looking at the rest, each becomes an identity. How files are read is read-graph.ts's.
import { INPUT_ID, type LayerGraph, type TensorShape } from '../../architecture/layer'
import { GraphImporter, NoLayer } from './importer'
import { OPERATORS } from './operators'
import type { OnnxGraph } from './read-graph'

export interface ImportProblem {
  /** Name of the node. */
  readonly place: string
  readonly operator: string
  readonly reason: string
}

export interface ImportedGraph {
  readonly graph: LayerGraph
  readonly problems: readonly ImportProblem[]
  /** What is otherwise than in the file though every layer is there. */
  readonly notes: readonly string[]
}

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
  // An image whose first operator turns it comes with its channels last.
  const turned = nodes.find((node) => node.inputs.includes(input.name))
  const isLast = turned?.op === 'Transpose' && turned.ints('perm')?.join() === '0,3,1,2'
  return { name: input.name, shape: isLast ? [a, b, c] : [b, c, a], isLast }
}

function withoutDead(graph: LayerGraph): LayerGraph {
  const found = new Set([graph.output])
  for (const node of [...graph.nodes].reverse()) if (found.has(node.id)) for (const id of node.inputs) found.add(id)
  return { ...graph, nodes: graph.nodes.filter(({ id }) => found.has(id)) }
}

/** A softmax at the end is the loss's: a network ends with its scores. */
function withoutSoftmax(graph: LayerGraph): LayerGraph {
  const last = graph.nodes.find(({ id }) => id === graph.output)
  return last?.kind === 'softmax' ? { ...graph, output: last.inputs[0]! } : graph
}

export function importGraph(source: OnnxGraph): ImportedGraph {
  const problems: ImportProblem[] = []
  const input = inputOf(source)
  if (typeof input === 'string')
    return {
      graph: { input: [1], nodes: [], output: INPUT_ID },
      problems: [{ place: 'the graph', operator: 'input', reason: input }],
      notes: [],
    }
  const importer = new GraphImporter(source, input.shape)
  importer.give(input.name, {
    id: INPUT_ID,
    shape: input.shape,
    ...(input.isLast && { pending: { step: 'channels-last' as const } }),
  })
  for (const node of source.nodes) {
    try {
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
  const [wanted] = source.outputs
  const output = wanted === undefined ? undefined : importer.find(wanted)
  if (output === undefined)
    problems.push({ place: wanted ?? 'the graph', operator: 'output', reason: 'nothing that was read leads to it' })
  else if (output.pending !== undefined)
    problems.push({ place: wanted!, operator: 'output', reason: `it ends within a layer (${output.pending.step})` })
  const graph = { input: input.shape, nodes: importer.nodes, output: output?.id ?? INPUT_ID }
  return { graph: withoutDead(withoutSoftmax(graph)), problems, notes: [...importer.notes] }
}
