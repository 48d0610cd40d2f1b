// A trained network as a TensorFlow graph: raw pixels 0..255 in, class scores and probabilities out. The layers are layers/'s; how
// graph and constants become files is the formats' that are made of it.
import { ancestorsOf, scoresOf } from '@shared/architecture/ancestors'
import { isLayerKind } from '@shared/architecture/catalogue'
import { INPUT_ID } from '@shared/architecture/layer'
import { required } from '@shared/required'
import type { Normalisation } from '../../data/normalise'
import type { Network } from '../../networks/network'
import { arrayName } from '../../networks/parameters'
import { requireWeights } from '../require-weights'
import type { RoundedArray } from '../rounding'
import { GraphBuilder, type Constant, type Value } from './graph-builder'
import { MAPPINGS } from './layers'
import { attr, DT_FLOAT, shapeProto, type NodeProto, type SignatureProto, type TensorInfo } from './proto'

export const INPUT_NAME = 'image'
export const SCORES_NAME = 'scores'
export const PROBABILITIES_NAME = 'probabilities'

/** The version of graphs that TensorFlow 2.9 writes (2022); all operations used are older. */
export const GRAPH_VERSIONS = { producer: 1087, minConsumer: 12 } as const

export interface TensorFlowGraph {
  readonly constants: readonly Constant[]
  /** Everything but the constants, in an order in which they can be computed. */
  readonly nodes: readonly NodeProto[]
  readonly signature: SignatureProto
}

/** (x / 255 - mean) / deviation. */
function normalised(builder: GraphBuilder, input: Value, { mean, deviation }: Normalisation): Value {
  const scale = Float32Array.from(deviation, (value) => 1 / (255 * value))
  const offset = Float32Array.from(mean, (value, channel) => -value / deviation[channel]!)
  const constant = (name: string, values: Float32Array): string =>
    builder.constant(`preprocessing/${name}`, [values.length], values)
  const scaled = builder.add('Mul', 'preprocessing/scaled', [input.name, constant('scale', scale)], input.shape)
  return builder.add('AddV2', 'preprocessing/image', [scaled.name, constant('offset', offset)], input.shape)
}

const info = (name: string, shape: readonly number[]): TensorInfo => ({
  name: `${name}:0`,
  dtype: DT_FLOAT,
  tensorShape: shapeProto([-1, ...shape]),
})

/**
 * @param weights of the network, complete
 * @throws AppError `invalid-input` for the weights of another network
 */
export function tensorFlowGraph(
  network: Network,
  weights: ReadonlyMap<string, RoundedArray>,
  normalisation: Normalisation,
): TensorFlowGraph {
  requireWeights(network, weights)
  const { graph } = network
  const output = scoresOf(graph)
  const builder = new GraphBuilder([INPUT_NAME, SCORES_NAME, PROBABILITIES_NAME])
  const input: Value = { name: INPUT_NAME, shape: graph.input }
  const shape = shapeProto([-1, ...graph.input])
  builder.append({
    name: INPUT_NAME,
    op: 'Placeholder',
    input: [],
    attr: { dtype: attr.type(DT_FLOAT), shape: { shape } },
  })
  const values = new Map([[INPUT_ID, normalised(builder, input, normalisation)]])
  const reached = ancestorsOf({ ...graph, output })
  for (const node of graph.nodes.filter(({ id }) => reached.has(id))) {
    if (!isLayerKind(node.kind)) throw new RangeError(`No TensorFlow operation for layer kind ${node.kind}`)
    const inputs = node.inputs.map((id) => required(values, id, 'value')) as [Value, ...Value[]]
    const array = (role: string): RoundedArray => required(weights, arrayName(node.id, role), 'array')
    const value = MAPPINGS[node.kind]({ builder, node, inputs, array })
    builder.mark(value, node.id)
    values.set(node.id, value)
  }
  const found = required(values, output, 'value')
  const end = (op: string, name: string, from: string): void =>
    builder.append({ name, op, input: [from], attr: { T: attr.type(DT_FLOAT) } })
  end('Identity', SCORES_NAME, found.name)
  end('Softmax', PROBABILITIES_NAME, SCORES_NAME)
  return {
    constants: builder.constants,
    nodes: builder.nodes,
    signature: {
      inputs: { [INPUT_NAME]: info(INPUT_NAME, graph.input) },
      outputs: {
        [PROBABILITIES_NAME]: info(PROBABILITIES_NAME, [network.classes]),
        [SCORES_NAME]: info(SCORES_NAME, [network.classes]),
      },
      methodName: 'tensorflow/serving/predict',
    },
  }
}
