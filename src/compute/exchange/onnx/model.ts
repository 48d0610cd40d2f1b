// A trained network as an ONNX model: what comes before and behind the layers, and what the file says of itself. Opset 17 and IR 8 are
// what every runtime of the last years reads (onnxruntime from 1.13, August 2022); the layers are layers/'s.
import { ancestorsOf, withoutLastSoftmax } from '@shared/architecture/ancestors'
import { isLayerKind } from '@shared/architecture/catalogue'
import { mapOf } from '@shared/architecture/catalogue/window'
import { INPUT_ID, type LayerGraph } from '@shared/architecture/layer'
import type { OnnxOptions } from '@shared/exchange/onnx/options'
import { required } from '@shared/required'
import type { Normalisation } from '../../data/normalise'
import type { Network } from '../../networks/network'
import type { NamedArray, Weights } from '../../networks/weights'
import type { Ranges } from '../ranges'
import { requireWeights } from '../require-weights'
import { fuseBatchNorm } from './fuse-batch-norm'
import { GraphBuilder, type FlatMap, type Value } from './graph-builder'
import { MAPPINGS } from './layers'
import { CHANNEL_AXIS } from './layers/activation'
import { INPUT_NAME, PROBABILITIES_NAME, SCORES_NAME } from './names'
import { roundedNodes, roundTrip, scaleOf, type Scale } from './quantise'
import {
  attribute,
  FLOAT,
  FLOAT16,
  valueInfo,
  type EntryProto,
  type ModelProto,
  type NodeProto,
} from '@shared/exchange/onnx/proto'

const OPSET = 17
const IR_VERSION = 8

export interface OnnxSource {
  readonly network: Network
  /** Of the network, complete. */
  readonly weights: Weights
  readonly normalisation: Normalisation
  /** What the file says of itself, beside its options. */
  readonly properties: Readonly<Record<string, string>>
  readonly producerVersion: string
  /** Of calibration images; null where nothing is rounded. */
  readonly ranges: Ranges | null
}

/** (x / 255 - mean) / deviation, in the order of the channels, before anything that computes in half precision. */
function normalised(builder: GraphBuilder, input: Value, { mean, deviation }: Normalisation): Value {
  const dims = [1, mean.length, 1, 1]
  const scale = Float32Array.from(deviation, (value) => 1 / (255 * value))
  const offset = Float32Array.from(mean, (value, channel) => -value / deviation[channel]!)
  const scaled = builder.add(
    'Mul',
    'preprocessing.scaled',
    [input.name, builder.constant('preprocessing.scale', dims, scale, 'float32')],
    input.shape,
  )
  return builder.add(
    'Add',
    'preprocessing',
    [scaled.name, builder.constant('preprocessing.offset', dims, offset, 'float32')],
    input.shape,
  )
}

const cast = (builder: GraphBuilder, hint: string, value: Value, to: number): Value =>
  builder.add('Cast', hint, [value.name], value.shape, [attribute.int('to', to)])

function front(builder: GraphBuilder, { network, normalisation }: OnnxSource, options: OnnxOptions): Value {
  let value: Value = { name: INPUT_NAME, shape: mapOf(network.graph.input) }
  if (options.inputLayout === 'nhwc')
    value = builder.add('Transpose', 'channels-first', [value.name], value.shape, [
      attribute.ints('perm', [0, 3, 1, 2]),
    ])
  if (options.preprocessing) value = normalised(builder, value, normalisation)
  return options.precision === 'float16' ? cast(builder, 'to-float16', value, FLOAT16) : value
}

/** Every layer that the output depends on. @returns the class scores */
function layers(builder: GraphBuilder, graph: LayerGraph, weights: Weights, input: Value): Value {
  const rounded = builder.ranges === null ? new Set<string>() : roundedNodes(graph)
  const scales = new Map<string, Scale>()
  /** What others read of a value: rounded where it is one of those, and named by the node it comes from. */
  const read = <T extends Value | FlatMap>(id: string, value: T): T => {
    if (builder.ranges === null || !rounded.has(id)) return value
    const range = required(builder.ranges, id, 'range')
    const back = roundTrip(builder, id, value, range)
    scales.set('map' in back ? back.map.name : back.name, scaleOf(range))
    return back
  }
  const values = new Map<string, Value | FlatMap>([[INPUT_ID, read(INPUT_ID, input)]])
  const reached = ancestorsOf(graph)
  for (const node of graph.nodes.filter(({ id }) => reached.has(id))) {
    if (!isLayerKind(node.kind)) throw new RangeError(`No ONNX operator for layer kind ${node.kind}`)
    const given = node.inputs.map((id) => required(values, id, 'value')) as [Value | FlatMap, ...(Value | FlatMap)[]]
    // Dense layers, and layers that change nothing, take a flattened map as it is.
    const takesMaps = MAPPINGS[node.kind] === MAPPINGS.dense || MAPPINGS[node.kind] === MAPPINGS.identity
    const inputs = (takesMaps ? given : given.map((value) => builder.inOrder(value))) as [Value, ...Value[]]
    const array = (role: string): NamedArray => required(weights, `${node.id}/${role}`, 'array')
    const [first] = given
    const scale = scales.get('map' in first ? first.map.name : first.name) ?? null
    const value = MAPPINGS[node.kind]({ builder, node, inputs, given, array, rounded: scale })
    // A flattened map has the values that it was made of.
    if (scale !== null && node.kind === 'flatten') scales.set('map' in value ? value.map.name : value.name, scale)
    values.set(node.id, read(node.id, value))
  }
  return builder.inOrder(required(values, graph.output, 'value'))
}

/** The scores under their name, and the probabilities behind them where they are asked for. */
function back(builder: GraphBuilder, found: Value, options: OnnxOptions): NodeProto[] {
  const wide = options.precision === 'float16' ? cast(builder, 'to-float32', found, FLOAT) : found
  // What comes straight from the input keeps the input's name.
  const scores = wide.name === INPUT_NAME ? builder.add('Identity', 'unchanged', [wide.name], wide.shape) : wide
  const nodes = builder.renamed(scores, SCORES_NAME)
  if (!options.softmax) return nodes
  const softmax = {
    name: PROBABILITIES_NAME,
    opType: 'Softmax',
    input: [SCORES_NAME],
    output: [PROBABILITIES_NAME],
    attribute: [CHANNEL_AXIS],
  }
  return [...nodes, softmax]
}

/** @throws AppError `invalid-input` for the weights of another network, or values that float16 cannot hold */
export function onnxModel(source: OnnxSource, options: OnnxOptions): ModelProto {
  const { network, producerVersion, properties } = source
  requireWeights(network, source.weights)
  // A softmax at the end is an option of the model.
  const whole = withoutLastSoftmax(network.graph)
  const isInteger = options.precision === 'int8'
  const { graph, weights } =
    options.fuseBatchNorm || isInteger
      ? fuseBatchNorm(whole, source.weights)
      : { graph: whole, weights: source.weights }
  const builder = new GraphBuilder(
    options.precision === 'float16' ? 'float16' : 'float32',
    [INPUT_NAME, SCORES_NAME, PROBABILITIES_NAME],
    isInteger ? source.ranges : null,
  )
  const scores = layers(builder, graph, weights, front(builder, source, options))
  const node = back(builder, scores, options)
  const [height, width, channels] = mapOf(graph.input)
  const shape = options.inputLayout === 'nhwc' ? [height, width, channels] : [channels, height, width]
  const metadataProps = Object.entries(properties).map(([key, value]): EntryProto => ({ key, value }))
  return {
    irVersion: IR_VERSION,
    producerName: 'GPT-NAS Workbench',
    producerVersion,
    opsetImport: [{ domain: '', version: OPSET }],
    graph: {
      name: 'network',
      node,
      initializer: builder.constants,
      input: [valueInfo(INPUT_NAME, shape)],
      output: [valueInfo(options.softmax ? PROBABILITIES_NAME : SCORES_NAME, [network.classes])],
    },
    metadataProps,
  }
}
