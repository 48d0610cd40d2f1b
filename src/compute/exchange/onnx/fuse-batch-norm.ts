// Batch normalisation put into the weights of the layer before it: y = s (W x + b - mean) + beta with s = gamma / sqrt(variance +
// epsilon). Worked out in float64 and rounded once. The layer takes the normalisation's id, because it gives its value.
import { flagOf } from '@shared/architecture/catalogue/parameter-values'
import { isLayerKind, type LayerKind } from '@shared/architecture/catalogue'
import type { LayerGraph, LayerNode } from '@shared/architecture/layer'
import { required } from '@shared/required'
import { elementCount } from '@shared/element-count'
import { BATCH_NORM_EPSILON } from '../../networks/layers/batch-norm-constants'
import { arrayName } from '../../networks/parameters'
import { weightsFrom, type NamedArray, type Weights } from '../../networks/weights'

/** Their kernels have the outputs on the last axes, so that a value's output is its position modulo their number. */
const ABSORBING: readonly LayerKind[] = ['conv2d', 'depthwise-conv2d', 'dense']

/** Batch normalisations that are the only reader of a layer that can take them up, by the id of that layer. */
function absorbed({ nodes, output }: LayerGraph): ReadonlyMap<string, string> {
  const readers = new Map<string, LayerNode[]>()
  for (const node of nodes) for (const id of node.inputs) readers.set(id, [...(readers.get(id) ?? []), node])
  const pairs = nodes.flatMap((node): [string, string][] => {
    const [reader, ...others] = readers.get(node.id) ?? []
    const absorbs = isLayerKind(node.kind) && ABSORBING.includes(node.kind) && node.id !== output
    return absorbs && reader?.kind === 'batch-norm' && others.length === 0 ? [[node.id, reader.id]] : []
  })
  return new Map(pairs)
}

/** @param graph with complete parameters */
export function fuseBatchNorm(
  graph: LayerGraph,
  weights: Weights,
): { readonly graph: LayerGraph; readonly weights: Weights } {
  const pairs = absorbed(graph)
  const taken = new Set(pairs.values())
  const changed = new Map<string, NamedArray>()
  const nodes = graph.nodes.flatMap((node): LayerNode[] => {
    if (taken.has(node.id)) return []
    const normalisation = pairs.get(node.id)
    if (normalisation === undefined) return [node]
    const stored = (id: string, role: string): NamedArray => required(weights, arrayName(id, role), 'array')
    const [gamma, beta, mean, variance] = ['gamma', 'beta', 'moving-mean', 'moving-variance'].map(
      (role) => stored(normalisation, role).values,
    ) as [Float32Array, Float32Array, Float32Array, Float32Array]
    const kernel = stored(node.id, 'kernel')
    const outputs = gamma.length
    const scale = Float64Array.from(gamma, (value, i) => value / Math.sqrt(variance[i]! + BATCH_NORM_EPSILON))
    const bias = flagOf(node.parameters, 'bias') ? stored(node.id, 'bias').values : new Float32Array(outputs)
    const values = kernel.values.map((value, i) => value * scale[i % outputs]!)
    const shifted = Float32Array.from(beta, (value, i) => value + (bias[i]! - mean[i]!) * scale[i]!)
    const add = (role: string, shape: readonly number[], array: Float32Array): void => {
      const name = arrayName(normalisation, role)
      changed.set(name, { name, shape, values: array })
    }
    if (elementCount(kernel.shape) % outputs !== 0)
      throw new RangeError(`${node.id} does not end with ${outputs} outputs`)
    add('kernel', kernel.shape, values)
    add('bias', [outputs], shifted)
    return [{ ...node, id: normalisation, parameters: { ...node.parameters, bias: true } }]
  })
  return { graph: { ...graph, nodes }, weights: weightsFrom([...weights.values(), ...changed.values()]) }
}
