// What a network costs: weights, multiply-accumulates, memory of activations, receptive field. Counts, not measurements:
// the same rules as torchvision's published figures (convolution and dense layers only, no biases in the multiply-accumulates).
import { layerDefinition } from './catalogue'
import { completeParameters } from './catalogue/parameter-values'
import { elementCount } from './catalogue/simple-layer'
import { windowExtent } from './catalogue/window'
import { requireShapes } from './infer'
import {
  INPUT_ID,
  type LayerCost,
  type LayerDefinition,
  type LayerGraph,
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

/**
 * Cost of a sound graph for one image.
 * @param shapes as from `requireShapes(graph)`, where the caller has them already.
 * @throws AppError `invalid-architecture` where the shapes do not fit.
 */
export function costOf(
  graph: LayerGraph,
  shapes: ReadonlyMap<string, TensorShape> = requireShapes(graph),
): NetworkCost {
  const layers = new Map<string, LayerCostReport>()
  const views = new Map<string, View>([[INPUT_ID, { size: [1, 1], jump: [1, 1] }]])
  const total = { parameters: 0, statistics: 0, macs: 0 }
  let trainingBytes = bytesOf(graph.input)
  for (const node of graph.nodes) {
    const definition = layerDefinition(node.kind)
    const parameters = completeParameters(definition, node.parameters)
    const inputs = node.inputs.map((id) => shapes.get(id)!)
    const output = shapes.get(node.id)!
    const cost = definition.cost(parameters, inputs, output)
    const view = viewThrough(
      definition,
      parameters,
      inputs,
      node.inputs.map((id) => views.get(id)!),
      graph.input,
    )
    const outputBytes = bytesOf(output)
    views.set(node.id, view)
    layers.set(node.id, { ...cost, outputBytes, receptiveField: view.size })
    total.parameters += cost.parameters
    total.statistics += cost.statistics
    total.macs += cost.macs
    trainingBytes += outputBytes
  }
  return {
    ...total,
    weightsBytes: (total.parameters + total.statistics) * BYTES_PER_NUMBER,
    activations: { inferencePeakBytes: peakBytes(graph, shapes), trainingBytes },
    receptiveField: views.get(graph.output)!.size,
    layers,
  }
}

function bytesOf(shape: TensorShape): number {
  return elementCount(shape) * BYTES_PER_NUMBER
}

function viewThrough(
  definition: LayerDefinition,
  parameters: ParameterValues,
  inputs: readonly TensorShape[],
  views: readonly View[],
  image: TensorShape,
): View {
  const along = (axis: 0 | 1): readonly [size: number, jump: number] => {
    const size = Math.max(...views.map((view) => view.size[axis]))
    // The densest input decides: a [1, 1, channels] gate has a huge jump that the map it scales does not take over.
    const jump = Math.min(...views.map((view) => view.jump[axis]))
    const window = definition.window?.(parameters, inputs)
    if (window === undefined) return [size, jump]
    const kernel = window.kernel[axis]
    // A mean over the whole map sees the whole image and no more, however often a gate of squeeze-excitation takes one.
    const isWhole = kernel > 1 && kernel === inputs[0]![axis] && kernel === window.stride[axis]
    if (isWhole) return [Math.max(size, image[axis]!), jump * kernel]
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
    live += bytesOf(shapes.get(node.id)!)
    peak = Math.max(peak, live)
    for (const id of new Set(node.inputs)) if (lastUse.get(id) === index) live -= bytesOf(shapes.get(id)!)
    if (!lastUse.has(node.id)) live -= bytesOf(shapes.get(node.id)!)
  })
  return peak
}
