// A layer graph as a differentiable function of images and stored arrays: the one definition that training, evaluation,
// prediction and the test of an export use. Holds no tensors; whoever runs it owns the variables.
import { scoresOf } from '@shared/architecture/ancestors'
import { completeParameters, isLayerKind, layerDefinition } from '@shared/architecture/catalogue'
import {
  INPUT_ID,
  inputShapes,
  type InputShapes,
  type LayerGraph,
  type LayerNode,
  type TensorShape,
} from '@shared/architecture/layer'
import { AppError } from '@shared/errors'
import { elementCount } from '@shared/element-count'
import type { Tensor, Tensor2D, Tensor4D } from '../tensorflow/backend'
import { toFloat32, toHalf, type HalfType } from '../tensorflow/half'
import type { Seed } from '../tensorflow/kernels/random'
import { LAYERS } from './layers'
import type { TrainingContext } from './layers/layer'
import { arrayName, storedArrays, type StoredArray } from './parameters'
import { requireShapes } from '@shared/architecture/infer'
import { required } from '@shared/required'

export interface ForwardResult {
  /** `[batch, classes]`, before any softmax. */
  readonly logits: Tensor2D
  /** New values of stored arrays (running statistics), by name; empty for inference. */
  readonly updates: ReadonlyMap<string, Tensor>
}

export interface Network {
  /** The graph with every parameter completed. */
  readonly graph: LayerGraph
  /** Shape of every node and of the input, without the batch. */
  readonly shapes: ReadonlyMap<string, TensorShape>
  /** In node order. */
  readonly arrays: readonly StoredArray[]
  /** Trained values; running statistics not counted. */
  readonly parameterCount: number
  readonly classes: number
  /**
   * Runs the network inside the surrounding tidy.
   * @param images `[batch, height, width, channels]` float32, normalised
   * @param array current value of a stored array by name
   * @param seed null for inference
   * @param seen is shown every node's value, which lives as long as the tidy
   * @param half computes in this type between float32 images and float32 logits; stored arrays stay float32
   */
  forward(
    images: Tensor4D,
    array: (name: string) => Tensor,
    seed: Seed | null,
    half?: HalfType | null,
    seen?: (id: string, value: Tensor) => void,
  ): ForwardResult
}

/** Random layers draw from streams above those of the augmentation, which has the first sixteen to itself. */
const FIRST_NODE_SALT = 16

function complete(graph: LayerGraph): LayerGraph {
  const nodes = graph.nodes.map((node): LayerNode => ({
    ...node,
    parameters: completeParameters(layerDefinition(node.kind), node.parameters),
  }))
  return { ...graph, nodes }
}

/**
 * @throws AppError `invalid-architecture` naming the node whose shape does not fit, or when the output is not one row of
 *   class scores an image
 */
export function buildNetwork(given: LayerGraph): Network {
  const graph = complete(given)
  const shapes = requireShapes(graph)
  const shapesInto = ({ inputs }: LayerNode): InputShapes =>
    inputShapes(inputs.map((id) => required(shapes, id, 'shape')))
  const arrays = graph.nodes.flatMap((node) => storedArrays(node, shapesInto(node)))
  const rounded = new Set(arrays.filter(({ rounds }) => rounds).map(({ name }) => name))
  const output = scoresOf(graph)
  const outputShape = required(shapes, output, 'shape')
  if (outputShape.length !== 1)
    throw new AppError(
      'invalid-architecture',
      `A network must end with one score per class; node ${output} gives [${outputShape.join(', ')}].`,
      'End it with global average pooling, flatten and a dense layer.',
    )

  const forward: Network['forward'] = (images, array, seed, half = null, seen = undefined) => {
    const values = new Map<string, Tensor>([[INPUT_ID, half === null ? images : toHalf(images, half)]])
    const updates = new Map<string, Tensor>()
    graph.nodes.forEach((node, position) => {
      if (!isLayerKind(node.kind)) throw new RangeError(`No layer for kind ${node.kind}`)
      const training: TrainingContext | null = seed && {
        seed,
        salt: FIRST_NODE_SALT + position,
        update: (role, value) => void updates.set(arrayName(node.id, role), value),
      }
      const inputs = node.inputs.map((id) => required(values, id, 'value')) as [Tensor, ...Tensor[]]
      const call = {
        parameters: node.parameters,
        inputs,
        array: (role: string) => {
          const name = arrayName(node.id, role)
          const stored = array(name)
          return half !== null && rounded.has(name) ? toHalf(stored, half) : stored
        },
        training,
      }
      const value = LAYERS[node.kind].build(call)
      seen?.(node.id, value)
      values.set(node.id, value)
    })
    return { logits: toFloat32(values.get(output) as Tensor2D), updates }
  }

  return {
    graph,
    shapes,
    arrays,
    parameterCount: arrays.reduce((sum, { trained, shape }) => sum + (trained ? elementCount(shape) : 0), 0),
    classes: outputShape[0],
    forward,
  }
}

/** Nodes whose weights the output depends on: its ancestors, not seen through `zero`, which passes no gradient. */
function influentialNodes(graph: LayerGraph): ReadonlySet<string> {
  const found = new Set([graph.output])
  for (const node of [...graph.nodes].reverse())
    if (found.has(node.id) && node.kind !== 'zero') for (const input of node.inputs) found.add(input)
  return found
}

/**
 * Names of the arrays that get updates: of `nodes`, and of the last dense layer, because a classifier left at its initial
 * values fits no task (paper's acceleration rule 1). Null trains all. Arrays the output does not depend on are left out.
 */
export function trainedNames(network: Network, nodes: readonly string[] | null): ReadonlySet<string> {
  const { graph, arrays } = network
  const head = graph.nodes.filter(({ kind }) => kind === 'dense').pop()?.id
  const influential = influentialNodes(graph)
  const isTrained = ({ node, trained }: StoredArray): boolean =>
    trained && influential.has(node) && (nodes === null || node === head || nodes.includes(node))
  return new Set(arrays.filter(isTrained).map(({ name }) => name))
}
