// Every kind of the catalogue as Keras 3: maps are [batch, height, width, channels] and kernels lie as ours do. Which layers form a
// function is python-source/compose.ts's, the helpers that are called here are template.ts's.
import { isLayerKind, type LayerKind } from '@shared/architecture/catalogue'
import { convolutionWindow } from '@shared/architecture/catalogue/conv2d'
import { flagOf, numberOf } from '@shared/architecture/catalogue/parameter-values'
import { poolingWindow } from '@shared/architecture/catalogue/pooling-window'
import { mapOf, windowPadding, type WindowRule } from '@shared/architecture/catalogue/window'
import { channelsOf, type LayerNode, type TensorShape } from '@shared/architecture/layer'
import { BATCH_NORM_EPSILON, BATCH_NORM_MOMENTUM } from '../../networks/layers/batch-norm-constants'
import { spreadKernel, spreadRule } from '../kernels'
import { asItIs, type PythonLayer, type TurnedArray } from '../python-source/dialect'
import { isSame } from '../same-padding'

interface Given {
  readonly node: LayerNode
  readonly inputs: readonly TensorShape[]
}
type Mapping = (given: Given) => PythonLayer

/** A layer of Keras, which has a name. @param input what is done to the input before */
const layer = (
  className: string,
  options: readonly string[],
  weights: PythonLayer['weights'] = {},
  input: (x: string) => string = (x) => x,
): PythonLayer => ({
  module: null,
  call: (self, [x]) => `layers.${className}(${[...options, `name=${self}`].join(', ')})(${input(x!)})`,
  weights,
})
const expression = (call: (inputs: readonly string[]) => string): PythonLayer => ({
  module: null,
  call: (_self, inputs) => call(inputs),
  weights: {},
})
const pair = (values: readonly number[]): string =>
  values[0] === values[1] ? `${values[0]}` : `(${values.join(', ')})`

interface Padding {
  /** The layer's own word. */
  readonly word: 'same' | 'valid'
  /** `((top, bottom), (left, right))`; null where nothing is added before the layer. */
  readonly sides: string | null
}

function sidesOf(shape: TensorShape, rule: WindowRule): string {
  const map = mapOf(shape)
  return `((${windowPadding(map[0], rule, 0).join(', ')}), (${windowPadding(map[1], rule, 1).join(', ')}))`
}

function paddingOf(shape: TensorShape, rule: WindowRule): Padding {
  const sides = sidesOf(shape, rule)
  if (sides === NO_SIDES) return { word: 'valid', sides: null }
  return isSame(mapOf(shape), rule) ? { word: 'same', sides: null } : { word: 'valid', sides }
}
const NO_SIDES = '((0, 0), (0, 0))'

const zeroPadded =
  (sides: string | null) =>
  (x: string): string =>
    sides === null ? x : `layers.ZeroPadding2D(${sides})(${x})`

/**
 * Keras takes no dilation together with a stride, and none of a depthwise layer on every backend: the kernel is spread with zeros.
 * TensorFlow takes no two different strides of a depthwise layer: of stride 1 what is wanted is taken.
 */
function convolution(
  className: string,
  first: readonly string[],
  { node, inputs: [x] }: Given,
  groups: number,
): PythonLayer {
  const asked = convolutionWindow(node.parameters)
  const isKept = asked.dilation === 1 || (className === 'Conv2D' && asked.stride[0] * asked.stride[1] === 1)
  const rule = isKept ? asked : spreadRule(asked)
  const [down, across] = rule.stride
  const isThinned = className !== 'Conv2D' && down !== across
  const { word, sides } = isThinned ? { word: 'valid', sides: sidesOf(x!, rule) } : paddingOf(x!, rule)
  const hasBias = flagOf(node.parameters, 'bias')
  const options = [
    ...(className === 'Conv2D' ? [...first, pair(rule.kernel)] : [pair(rule.kernel), ...first]),
    ...(!isThinned && rule.stride.some((stride) => stride !== 1) ? [`strides=${pair(rule.stride)}`] : []),
    ...(word === 'same' ? ['padding="same"'] : []),
    ...(rule.dilation === 1 ? [] : [`dilation_rate=${rule.dilation}`]),
    ...(groups === 1 ? [] : [`groups=${groups}`]),
    ...(hasBias ? [] : ['use_bias=False']),
  ]
  const kernel: TurnedArray = { role: 'kernel', turn: (array) => spreadKernel(array, isKept ? 1 : asked.dilation) }
  const found = layer(className, options, { kernel, ...(hasBias && { bias: asItIs('bias') }) }, zeroPadded(sides))
  if (!isThinned) return found
  return { ...found, call: (self, inputs) => `${found.call(self, inputs)}[:, ::${down}, ::${across}, :]` }
}

const conv2d: Mapping = (given) => {
  const { parameters } = given.node
  return convolution('Conv2D', [`${numberOf(parameters, 'channels')}`], given, numberOf(parameters, 'groups'))
}

const depthwise: Mapping = (given) => {
  const multiplier = numberOf(given.node.parameters, 'multiplier')
  return convolution('DepthwiseConv2D', multiplier === 1 ? [] : [`depth_multiplier=${multiplier}`], given, 1)
}

const windowText = ({ kernel, stride }: WindowRule): readonly string[] => [pair(kernel), `strides=${pair(stride)}`]
const same = ({ word }: Padding): readonly string[] => (word === 'same' ? ['padding="same"'] : [])

const maxPool: Mapping = ({ node, inputs: [x] }) => {
  const rule = poolingWindow(node.parameters)
  const padding = paddingOf(x!, rule)
  const { sides } = padding
  const lowered = (value: string): string => (sides === null ? value : `padded_for_max(${value}, ${sides})`)
  return layer('MaxPooling2D', [...windowText(rule), ...same(padding)], {}, lowered)
}

/** Keras's SAME leaves the padding out of the mean. */
const averagePool: Mapping = ({ node, inputs: [x] }) => {
  const rule = poolingWindow(node.parameters)
  const counts = flagOf(node.parameters, 'countPadding')
  const sides = sidesOf(x!, rule)
  const padding = paddingOf(x!, rule)
  if (sides === NO_SIDES || (!counts && padding.word === 'same'))
    return layer('AveragePooling2D', [...windowText(rule), ...same(padding)])
  const counted = counts ? sidesOf(x!, { ...rule, ceil: false }) : NO_SIDES
  const window = `(${rule.kernel.join(', ')}), (${rule.stride.join(', ')})`
  return expression(([value]) => `padded_average(${value}, ${window}, pad=${sides}, counted=${counted})`)
}

const batchNorm: Mapping = () =>
  layer('BatchNormalization', [`momentum=${BATCH_NORM_MOMENTUM}`, `epsilon=${BATCH_NORM_EPSILON}`], {
    gamma: asItIs('gamma'),
    beta: asItIs('beta'),
    moving_mean: asItIs('moving-mean'),
    moving_variance: asItIs('moving-variance'),
  })

const dense: Mapping = ({ node }) => {
  const hasBias = flagOf(node.parameters, 'bias')
  return layer('Dense', [`${numberOf(node.parameters, 'features')}`, ...(hasBias ? [] : ['use_bias=False'])], {
    kernel: asItIs('kernel'),
    ...(hasBias && { bias: asItIs('bias') }),
  })
}

const activation =
  (name: string): Mapping =>
  () =>
    layer('Activation', [`"${name}"`])

const split: Mapping = ({ node, inputs: [x] }) => {
  const size = channelsOf(x!) / numberOf(node.parameters, 'parts')
  const from = numberOf(node.parameters, 'part') * size
  return expression(([value]) => `${value}[..., ${from}:${from + size}]`)
}

const MAPPINGS: Readonly<Record<LayerKind, Mapping>> = {
  conv2d,
  'depthwise-conv2d': depthwise,
  'max-pool': maxPool,
  'average-pool': averagePool,
  'global-average-pool': () => layer('GlobalAveragePooling2D', ['keepdims=True']),
  'batch-norm': batchNorm,
  relu: activation('relu'),
  relu6: activation('relu6'),
  silu: activation('silu'),
  gelu: activation('gelu'),
  'hard-swish': activation('hard_silu'),
  sigmoid: activation('sigmoid'),
  'hard-sigmoid': activation('hard_sigmoid'),
  tanh: activation('tanh'),
  softmax: activation('softmax'),
  add: () => expression((inputs) => inputs.join(' + ')),
  multiply: () => expression((inputs) => inputs.join(' * ')),
  concatenate: () => expression((inputs) => `ops.concatenate([${inputs.join(', ')}], axis=-1)`),
  dense,
  flatten: () => layer('Flatten', []),
  dropout: ({ node }) => layer('Dropout', [`${numberOf(node.parameters, 'rate')}`]),
  'stochastic-depth': ({ node }) => ({
    module: null,
    call: (self, [x]) => `StochasticDepth(${numberOf(node.parameters, 'rate')}, name=${self})(${x})`,
    weights: {},
  }),
  'channel-shuffle': ({ node }) =>
    expression(([value]) => `channel_shuffle(${value}, ${numberOf(node.parameters, 'groups')})`),
  split,
  identity: () => expression(([value]) => value!),
  zero: () => expression(([value]) => `ops.zeros_like(${value})`),
}

/** @param inputs shapes of the node's inputs @throws RangeError for no kind of the catalogue */
export function kerasLayer(node: LayerNode, inputs: readonly TensorShape[]): PythonLayer {
  if (!isLayerKind(node.kind)) throw new RangeError(`No Keras form for layer kind ${node.kind}`)
  return MAPPINGS[node.kind]({ node, inputs })
}
