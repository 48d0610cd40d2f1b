// A block chain as the graph of its layers that compute, which is what a proposer reads of it: without norms, activations and gates, as
// the proposer's other corpora tell blocks (proposer/corpus/block-stacks.ts). Stem and head are the same for all and left out.
import { INPUT_ID, type LayerGraph, type LayerNode } from '../../architecture/layer'
import { operation, type Operation } from '../../language/graphs/operation'
import { INPUT, type OperationGraph, type OperationNode } from '../../language/graphs/operation-graph'

const sideOf = (value: unknown): number => (Array.isArray(value) ? Number(value[0]) : Number(value ?? 1))

/** Undefined for a layer that only passes on. A grouped convolution has few weights between channels, as a depthwise one. */
function operationOf({ kind, parameters }: LayerNode): Operation | undefined {
  const kernel = sideOf(parameters['kernel'])
  if (kind === 'conv2d') return operation(Number(parameters['groups'] ?? 1) > 1 ? 'depthwise' : 'convolution', kernel)
  if (kind === 'depthwise-conv2d') return operation('depthwise', kernel)
  if (kind === 'max-pool' || kind === 'average-pool') return operation('pool', kernel)
  return kind === 'dense' ? operation('convolution', 1) : undefined
}

/** The layers of one block that compute, in order, each with those of the block that it reads; the output's sources are the last. */
export interface BlockLayers {
  readonly nodes: readonly OperationNode[]
  readonly output: readonly number[]
}

/** @returns nodes whose sources are indices, or `INPUT` for the block's own input */
export function layersOfBlock({ nodes, output }: LayerGraph): BlockLayers {
  const read = new Map<string, readonly number[]>([[INPUT_ID, [INPUT]]])
  const kept: OperationNode[] = []
  for (const node of nodes) {
    // A gate multiplies the map, which comes first, with what it made of it.
    const inputs = node.kind === 'multiply' ? node.inputs.slice(0, 1) : node.inputs
    const from = [...new Set(inputs.flatMap((id) => read.get(id) ?? []))].sort((a, b) => a - b)
    const computed = operationOf(node)
    read.set(node.id, computed === undefined ? from : [kept.push({ operation: computed, from }) - 1])
  }
  return alive({ nodes: kept, output: read.get(output) ?? [INPUT] })
}

/** Without what reaches the output through a gate alone. */
function alive({ nodes, output }: BlockLayers): BlockLayers {
  const reached = new Set<number>()
  const open = [...output]
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (index === INPUT || reached.has(index)) continue
    reached.add(index)
    open.push(...(nodes[index]?.from ?? []))
  }
  const order = [...reached].sort((a, b) => a - b)
  const place = new Map([[INPUT, INPUT], ...order.map((old, i): [number, number] => [old, i])])
  const moved = (from: readonly number[]): number[] => from.map((source) => place.get(source) ?? INPUT)
  return {
    nodes: order.flatMap((old) => {
      const node = nodes[old]
      return node === undefined ? [] : [{ operation: node.operation, from: moved(node.from) }]
    }),
    output: moved(output),
  }
}

/** Blocks one behind the other. */
export function layersOfChain(blocks: readonly BlockLayers[]): OperationGraph {
  const nodes: OperationNode[] = []
  let before: readonly number[] = [INPUT]
  for (const block of blocks) {
    const first = nodes.length
    const moved = (from: readonly number[]): number[] =>
      [...new Set(from.flatMap((source) => (source === INPUT ? before : [source + first])))].sort((a, b) => a - b)
    for (const { operation: computed, from } of block.nodes) nodes.push({ operation: computed, from: moved(from) })
    before = moved(block.output)
  }
  return { nodes, output: before }
}
