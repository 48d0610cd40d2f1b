// What a network costs: weights, multiply-accumulates, memory of activations, receptive field. Counts, not measurements:
// the same rules as torchvision's published figures (convolution and dense layers only, no biases in the multiply-accumulates).
import { elementCount } from '../element-count'
import { required } from '../required'
import { layerDefinition } from './catalogue'
import { completeParameters } from './catalogue/parameter-values'
import { isMap, windowExtent } from './catalogue/window'
import { requireShapes } from './infer'
import {
  INPUT_ID,
  inputShapes,
  type LayerCost,
  type LayerGraph,
  type LayerNode,
  type ParameterValues,
  type TensorShape,
} from './layer'

/** Everything here is float32. */
const BYTES_PER_NUMBER = 4

export interface LayerCostReport extends LayerCost {
  /** Memory of the layer's output for one image. */
  readonly outputBytes: number
  /** Input pixels `[vertical, horizontal]` that one output position can see; may exceed the input, as usually quoted. */
  readonly receptiveField: readonly [number, number]
}

export interface NetworkCost extends LayerCost {
  /** Size of the stored weights: parameters and statistics. */
  readonly weightsBytes: number
  readonly activations: {
    /** Most memory for one image at any moment when a layer's output is freed after its last use. */
    readonly inferencePeakBytes: number
    /** Memory for one image when every output is kept for the backward pass. */
    readonly trainingBytes: number
  }
  /** Of the graph's output. */
  readonly receptiveField: readonly [number, number]
  readonly layers: ReadonlyMap<string, LayerCostReport>
}

/** Receptive field of a position, and the distance in input pixels between two neighbouring positions. */
interface View {
  readonly size: readonly [number, number]
  readonly jump: readonly [number, number]
}

/** What a layer came to the last time, for callers that ask again after every edit; good while its inputs are the same. */
interface RememberedCost {
  readonly kind: string
  readonly output: TensorShape
  readonly inputs: readonly TensorShape[]
  readonly cost: LayerCost
}
/**
 * By the layer's parameters: the repeated blocks of a network share them. Only for graphs whose parameters are complete and
 * belong to one kind of layer, as those of a document spelled out.
 */
export type CostMemory = WeakMap<ParameterValues, RememberedCost>

function isSameShape(a: readonly number[], b: readonly number[]): boolean {
  if (a === b) return true
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return a.length === b.length
}

function costOfLayer(
  node: LayerNode,
  inputs: readonly TensorShape[],
  output: TensorShape,
  memory: CostMemory | undefined,
): LayerCost {
  const known = memory?.get(node.parameters)
  if (known && known.kind === node.kind && known.inputs.length === inputs.length && isSameShape(known.output, output)) {
    let isSame = true
    for (let i = 0; i < inputs.length && isSame; i++) isSame = isSameShape(known.inputs[i]!, inputs[i]!)
    if (isSame) return known.cost
  }
  const definition = layerDefinition(node.kind)
  const cost = definition.cost(completeParameters(definition, node.parameters), inputShapes(inputs), output)
  memory?.set(node.parameters, { kind: node.kind, inputs, output, cost })
  return cost
}

/**
 * Cost of a sound graph for one image.
 * @param shapes as from `requireShapes(graph)`, where the caller has them already.
 * @param memory kept by a caller whose graphs share nodes and shapes from one call to the next.
 * @throws AppError `invalid-architecture` where the shapes do not fit.
 */
export function costOf(
  graph: LayerGraph,
  shapes: ReadonlyMap<string, TensorShape> = requireShapes(graph),
  memory?: CostMemory,
): NetworkCost {
  const layers = new Map<string, LayerCostReport>()
  const views = new Map<string, View>([[INPUT_ID, { size: [1, 1], jump: [1, 1] }]])
  const total = { parameters: 0, statistics: 0, macs: 0 }
  let trainingBytes = bytesOf(graph.input)
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((id) => required(shapes, id, 'shape'))
    const output = required(shapes, node.id, 'shape')
    const { parameters, statistics, macs } = costOfLayer(node, inputs, output, memory)
    const view = viewThrough(node, inputs, views, graph.input, memory !== undefined)
    const outputBytes = bytesOf(output)
    views.set(node.id, view)
    layers.set(node.id, { parameters, statistics, macs, outputBytes, receptiveField: view.size })
    total.parameters += parameters
    total.statistics += statistics
    total.macs += macs
    trainingBytes += outputBytes
  }
  return {
    ...total,
    weightsBytes: (total.parameters + total.statistics) * BYTES_PER_NUMBER,
    activations: { inferencePeakBytes: peakBytes(graph, shapes), trainingBytes },
    receptiveField: required(views, graph.output, 'view').size,
    layers,
  }
}

function bytesOf(shape: TensorShape): number {
  return elementCount(shape) * BYTES_PER_NUMBER
}

function viewThrough(
  node: LayerNode,
  inputs: readonly TensorShape[],
  views: ReadonlyMap<string, View>,
  image: TensorShape,
  isComplete: boolean,
): View {
  const definition = layerDefinition(node.kind)
  const first = required(views, node.inputs[0]!, 'view')
  // Most layers read one map and look at one position at a time: they see what their input sees.
  if (definition.window === undefined && node.inputs.length === 1) return first
  const parameters = isComplete ? node.parameters : completeParameters(definition, node.parameters)
  const window = definition.window?.(parameters, inputShapes(inputs))
  const along = (axis: 0 | 1): readonly [size: number, jump: number] => {
    let size = first.size[axis]
    // The densest input decides: a [1, 1, channels] gate has a huge jump that the map it scales does not take over.
    let jump = first.jump[axis]
    for (let i = 1; i < node.inputs.length; i++) {
      const view = required(views, node.inputs[i]!, 'view')
      size = Math.max(size, view.size[axis])
      jump = Math.min(jump, view.jump[axis])
    }
    if (window === undefined) return [size, jump]
    const kernel = window.kernel[axis]
    // A mean over the whole map sees the whole image and no more, however often a gate of squeeze-excitation takes one.
    const isWhole = kernel > 1 && kernel === inputs[0]![axis] && kernel === window.stride[axis]
    if (isWhole && isMap(image)) return [Math.max(size, image[axis]), jump * kernel]
    return [size + (windowExtent(kernel, window.dilation) - 1) * jump, jump * window.stride[axis]]
  }
  const [vertical, horizontal] = [along(0), along(1)]
  return { size: [vertical[0], horizontal[0]], jump: [vertical[1], horizontal[1]] }
}

/** Walks the layers in order, keeping each output alive until the last layer that reads it. */
function peakBytes(graph: LayerGraph, shapes: ReadonlyMap<string, TensorShape>): number {
  const lastUse = new Map<string, number>([[graph.output, graph.nodes.length]])
  graph.nodes.forEach((node, index) => {
    for (const id of node.inputs) lastUse.set(id, Math.max(lastUse.get(id) ?? 0, index))
  })
  let live = bytesOf(graph.input)
  let peak = live
  graph.nodes.forEach((node, index) => {
    live += bytesOf(required(shapes, node.id, 'shape'))
    peak = Math.max(peak, live)
    node.inputs.forEach((id, slot) => {
      // A layer may read one value twice.
      if (lastUse.get(id) === index && node.inputs.indexOf(id) === slot) live -= bytesOf(required(shapes, id, 'shape'))
    })
    if (!lastUse.has(node.id)) live -= bytesOf(required(shapes, node.id, 'shape'))
  })
  return peak
}
