// A trained network as a tfjs layers model made of stock layers only: raw pixels 0..255 in, class probabilities out.
// One entry per kind of the catalogue; the forms that need more than one stock layer are in the files beside this one.
import { ancestorsOf } from '@shared/architecture/ancestors'
import { isLayerKind, type LayerKind } from '@shared/architecture/catalogue'
import { flagOf, numberOf } from '@shared/architecture/catalogue/parameter-values'
import { mapOf } from '@shared/architecture/catalogue/window'
import { INPUT_ID, type LayerNode } from '@shared/architecture/layer'
import { AppError } from '@shared/errors'
import { required } from '@shared/required'
import { BATCH_NORM_EPSILON, BATCH_NORM_MOMENTUM } from '../../networks/layers/batch-norm-constants'
import type { Network } from '../../networks/network'
import type { RoundedArray } from '../rounding'
import { convolution, depthwiseConvolution } from './convolution'
import {
  activation,
  concatenate,
  kernelConfig,
  lastAxisAffine,
  permute,
  reshape,
  sliceChannels,
  uniformAffine,
} from './pieces'
import { averagePooling, globalAverage, maxPooling } from './pooling'
import { TopologyBuilder, type Topology, type Value } from './topology'

interface Call {
  readonly builder: TopologyBuilder
  readonly node: LayerNode
  readonly inputs: readonly [Value, ...Value[]]
  /** A stored array of the node by role. */
  readonly array: (role: string) => RoundedArray
}
type Mapping = (call: Call) => Value

const passThrough: Mapping = ({ inputs }) => inputs[0]

const stockActivation =
  (name: string): Mapping =>
  ({ builder, node, inputs }) =>
    activation(builder, node.id, inputs[0], name)

/** relu6(x + 3) / 6: Keras's own hard sigmoid has another slope. */
const hardSigmoid: Mapping = ({ builder, node, inputs }) => {
  const shifted = uniformAffine(builder, `${node.id}.plus3`, inputs[0], 1, 3)
  const clipped = activation(builder, `${node.id}.clipped`, shifted, 'relu6')
  return uniformAffine(builder, `${node.id}.gate`, clipped, 1 / 6, 0)
}

/** The larger of two spread shapes: `[1, 1, channels]` meets a map. */
function merged(className: 'Add' | 'Multiply'): Mapping {
  return ({ builder, node, inputs }) => {
    const shape = inputs[0].shape.map((_, axis) => Math.max(...inputs.map((input) => input.shape[axis]!)))
    return builder.add(className, node.id, inputs, shape)
  }
}

const batchNormalisation: Mapping = ({ builder, node, inputs, array }) =>
  builder.add(
    'BatchNormalization',
    node.id,
    [inputs[0]],
    inputs[0].shape,
    { axis: -1, epsilon: BATCH_NORM_EPSILON, momentum: BATCH_NORM_MOMENTUM, center: true, scale: true },
    {
      gamma: array('gamma'),
      beta: array('beta'),
      moving_mean: array('moving-mean'),
      moving_variance: array('moving-variance'),
    },
  )

const channelShuffle: Mapping = ({ builder, node, inputs }) => {
  const [height, width, channels] = mapOf(inputs[0].shape)
  const groups = numberOf(node.parameters, 'groups')
  const grouped = reshape(builder, `${node.id}.groups`, inputs[0], [height, width, groups, channels / groups])
  const turned = permute(builder, `${node.id}.turned`, grouped, [1, 2, 4, 3])
  return reshape(builder, node.id, turned, [height, width, channels])
}

const split: Mapping = ({ builder, node, inputs }) => {
  const size = mapOf(inputs[0].shape)[2] / numberOf(node.parameters, 'parts')
  const from = numberOf(node.parameters, 'part') * size
  return sliceChannels(builder, node.id, inputs[0], from, from + size)
}

const dense: Mapping = ({ builder, node, inputs, array }) => {
  const features = numberOf(node.parameters, 'features')
  const hasBias = flagOf(node.parameters, 'bias')
  const weights = { kernel: array('kernel'), ...(hasBias ? { bias: array('bias') } : {}) }
  return builder.add('Dense', node.id, [inputs[0]], [features], { units: features, ...kernelConfig(hasBias) }, weights)
}

const MAPPINGS: Readonly<Record<LayerKind, Mapping>> = {
  conv2d: ({ builder, node, inputs, array }) => convolution(builder, node, inputs[0], array),
  'depthwise-conv2d': ({ builder, node, inputs, array }) => depthwiseConvolution(builder, node, inputs[0], array),
  'max-pool': ({ builder, node, inputs }) => maxPooling(builder, node, inputs[0]),
  'average-pool': ({ builder, node, inputs }) => averagePooling(builder, node, inputs[0]),
  'global-average-pool': ({ builder, node, inputs }) => globalAverage(builder, node, inputs[0]),
  'batch-norm': batchNormalisation,
  relu: stockActivation('relu'),
  relu6: stockActivation('relu6'),
  sigmoid: stockActivation('sigmoid'),
  tanh: stockActivation('tanh'),
  softmax: stockActivation('softmax'),
  gelu: stockActivation('gelu'),
  silu: ({ builder, node, inputs: [x] }) => {
    const gate = activation(builder, `${node.id}.gate`, x, 'sigmoid')
    return builder.add('Multiply', node.id, [x, gate], x.shape)
  },
  'hard-sigmoid': hardSigmoid,
  'hard-swish': (call) => {
    const [x] = call.inputs
    return call.builder.add('Multiply', call.node.id, [x, hardSigmoid(call)], x.shape)
  },
  add: merged('Add'),
  multiply: merged('Multiply'),
  concatenate: ({ builder, node, inputs }) => concatenate(builder, node.id, inputs),
  dense,
  flatten: ({ builder, node, inputs: [x] }) =>
    builder.add('Flatten', node.id, [x], [x.shape.reduce((product, size) => product * size, 1)]),
  'channel-shuffle': channelShuffle,
  split,
  zero: ({ builder, node, inputs }) => uniformAffine(builder, node.id, inputs[0], 0, 0),
  // Regularisation acts only while training.
  dropout: passThrough,
  'stochastic-depth': passThrough,
  identity: passThrough,
}

/** (x / 255 - mean) / deviation as the model's first layer. */
function normalised(
  builder: TopologyBuilder,
  input: Value,
  mean: readonly number[],
  deviation: readonly number[],
): Value {
  const scale = Float32Array.from(deviation, (value) => 1 / (255 * value))
  const offset = Float32Array.from(mean, (value, channel) => -value / deviation[channel]!)
  return lastAxisAffine(builder, 'normalise', input, scale, offset)
}

/**
 * @param weights of the network, complete
 * @throws AppError `invalid-input` when an array of the network is missing or has another size
 */
export function layersModel(
  network: Network,
  weights: ReadonlyMap<string, RoundedArray>,
  normalisation: { readonly mean: readonly number[]; readonly deviation: readonly number[] },
): Topology {
  const stored = new Map(network.arrays.map((array) => [array.name, array]))
  const builder = new TopologyBuilder()
  const input = builder.input(network.graph.input)
  const values = new Map([[INPUT_ID, normalised(builder, input, normalisation.mean, normalisation.deviation)]])
  // tfjs leaves out layers that lead nowhere and then refuses their weights.
  const reached = ancestorsOf(network.graph)
  for (const node of network.graph.nodes.filter(({ id }) => reached.has(id))) {
    if (!isLayerKind(node.kind)) throw new RangeError(`No tfjs layer for layer kind ${node.kind}`)
    const array = (role: string): RoundedArray => {
      const name = `${node.id}/${role}`
      const found = weights.get(name)
      const expected = required(stored, name, 'stored array').shape
      if (found?.shape.join() === expected.join()) return found
      throw new AppError(
        'invalid-input',
        `The weights must hold ${name} as [${expected.join(', ')}]; they hold ${found ? `[${found.shape.join(', ')}]` : 'no such array'}.`,
        'Export with the weights file of the same trial.',
      )
    }
    const inputs = node.inputs.map((id) => required(values, id, 'value')) as [Value, ...Value[]]
    values.set(node.id, MAPPINGS[node.kind]({ builder, node, inputs, array }))
  }
  const last = network.graph.nodes.find(({ id }) => id === network.graph.output)
  const output = required(values, network.graph.output, 'value')
  const probabilities = last?.kind === 'softmax' ? output : activation(builder, 'probabilities', output, 'softmax')
  return builder.build('network', input, probabilities)
}
