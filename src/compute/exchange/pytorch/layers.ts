// Every kind of the catalogue as PyTorch: the module it is made of, how it is called, and its weights as PyTorch lays them out. Maps
// are [batch, channels, height, width]. Which layers form a class is source.ts's.
import { isLayerKind, type LayerKind } from '@shared/architecture/catalogue'
import { convolutionWindow } from '@shared/architecture/catalogue/conv2d'
import { flagOf, numberOf } from '@shared/architecture/catalogue/parameter-values'
import { poolingWindow } from '@shared/architecture/catalogue/pooling-window'
import { isMap, mapOf, windowPadding, type WindowRule } from '@shared/architecture/catalogue/window'
import { channelsOf, type LayerNode, type TensorShape } from '@shared/architecture/layer'
import { BATCH_NORM_EPSILON, BATCH_NORM_MOMENTUM } from '../../networks/layers/batch-norm-constants'
import { asItIs, type PythonLayer, type TurnedArray } from '../python-source/dialect'

interface Given {
  readonly node: LayerNode
  readonly inputs: readonly TensorShape[]
}
type Mapping = (given: Given) => PythonLayer

const module = (text: string, weights: PythonLayer['weights'] = {}): PythonLayer => ({
  module: text,
  call: (self, inputs) => `self.${self}(${inputs.join(', ')})`,
  weights,
})
const expression = (call: (inputs: readonly string[]) => string): PythonLayer => ({
  module: null,
  call: (_self, inputs) => call(inputs),
  weights: {},
})
const pair = (values: readonly number[]): string =>
  values[0] === values[1] ? `${values[0]}` : `(${values.join(', ')})`
const flag = (value: boolean): string => (value ? 'True' : 'False')

/** `[height, width, inputs, outputs]` to `[outputs, inputs, height, width]`. */
function outputsFirst(
  role: string,
  turnedShape: (shape: readonly number[]) => readonly [number, number, number, number],
): TurnedArray {
  return {
    role,
    turn({ shape, values }) {
      const [height, width, inputs, outputs] = turnedShape(shape)
      const area = height * width
      const turned = new Float32Array(values.length)
      for (let position = 0; position < area; position++)
        for (let input = 0; input < inputs; input++)
          for (let output = 0; output < outputs; output++)
            turned[(output * inputs + input) * area + position] =
              values[(position * inputs + input) * outputs + output]!
      return { shape: [outputs, inputs, height, width], values: turned }
    },
  }
}

const transposed = (role: string): TurnedArray => ({
  role,
  turn({ shape, values }) {
    const [inputs, outputs] = shape as [number, number]
    const turned = new Float32Array(values.length)
    for (let i = 0; i < inputs; i++) for (let o = 0; o < outputs; o++) turned[o * inputs + i] = values[i * outputs + o]!
    return { shape: [outputs, inputs], values: turned }
  },
})

interface Padding {
  /** Both sides alike, as modules take it; null where they differ. */
  readonly even: readonly [number, number] | null
  /** `(left, right, top, bottom)`, as nn.ZeroPad2d takes it. */
  readonly sides: string
}

function paddingOf(shape: TensorShape, rule: WindowRule): Padding {
  const map = mapOf(shape)
  const [top, bottom] = windowPadding(map[0], rule, 0)
  const [left, right] = windowPadding(map[1], rule, 1)
  return {
    even: top === bottom && left === right ? [top, left] : null,
    sides: `(${left}, ${right}, ${top}, ${bottom})`,
  }
}

function convolution({ node, inputs: [x] }: Given, groups: number, outputs: number, kernel: TurnedArray): PythonLayer {
  const rule = convolutionWindow(node.parameters)
  const { even, sides } = paddingOf(x!, rule)
  const hasBias = flagOf(node.parameters, 'bias')
  const options = [
    `${channelsOf(x!)}, ${outputs}, ${pair(rule.kernel)}`,
    ...(rule.stride.some((stride) => stride !== 1) ? [`stride=${pair(rule.stride)}`] : []),
    ...(even?.some((pad) => pad !== 0) === true ? [`padding=${pair(even)}`] : []),
    ...(rule.dilation === 1 ? [] : [`dilation=${rule.dilation}`]),
    ...(groups === 1 ? [] : [`groups=${groups}`]),
    ...(hasBias ? [] : ['bias=False']),
  ]
  const weights = { weight: kernel, ...(hasBias && { bias: asItIs('bias') }) }
  const conv = `nn.Conv2d(${options.join(', ')})`
  if (even !== null) return module(conv, weights)
  const inside = Object.fromEntries(Object.entries(weights).map(([name, array]) => [`1.${name}`, array]))
  return module(`nn.Sequential(nn.ZeroPad2d(${sides}), ${conv})`, inside)
}

const conv2d: Mapping = (given) => {
  const outputs = numberOf(given.node.parameters, 'channels')
  const kernel = outputsFirst('kernel', (shape) => shape as [number, number, number, number])
  return convolution(given, numberOf(given.node.parameters, 'groups'), outputs, kernel)
}

const depthwise: Mapping = (given) => {
  const channels = channelsOf(given.inputs[0]!)
  const outputs = channels * numberOf(given.node.parameters, 'multiplier')
  const kernel = outputsFirst('kernel', (shape) => [shape[0]!, shape[1]!, 1, outputs])
  return convolution(given, channels, outputs, kernel)
}

/** PyTorch pads at most half a window by itself. */
const fits = ({ even }: Padding, { kernel }: WindowRule): boolean =>
  even !== null && even.every((pad, axis) => 2 * pad <= kernel[axis]!)

const maxPool: Mapping = ({ node, inputs: [x] }) => {
  const rule = poolingWindow(node.parameters)
  const padding = paddingOf(x!, rule)
  const window = `${pair(rule.kernel)}, ${pair(rule.stride)}`
  if (fits(padding, rule)) {
    const pads = padding.even?.some((pad) => pad !== 0) === true ? `, padding=${pair(padding.even)}` : ''
    return module(`nn.MaxPool2d(${window}${pads})`)
  }
  return module(`nn.Sequential(nn.ConstantPad2d(${padding.sides}, -math.inf), nn.MaxPool2d(${window}))`)
}

const averagePool: Mapping = ({ node, inputs: [x] }) => {
  const rule = poolingWindow(node.parameters)
  const counts = flagOf(node.parameters, 'countPadding')
  const padding = paddingOf(x!, rule)
  const window = `${pair(rule.kernel)}, ${pair(rule.stride)}`
  const exact = paddingOf(x!, { ...rule, ceil: false })
  if (fits(padding, rule) && (!counts || padding.sides === exact.sides)) {
    const isPadded = padding.even?.some((pad) => pad !== 0) === true
    const options = isPadded ? `, padding=${pair(padding.even!)}, count_include_pad=${flag(counts)}` : ''
    return module(`nn.AvgPool2d(${window}${options})`)
  }
  return module(`PaddedAverage(${window}, pad=${padding.sides}, counted=${counts ? exact.sides : '(0, 0, 0, 0)'})`)
}

const batchNorm: Mapping = ({ inputs: [x] }) => {
  const kind = isMap(x!) ? 'nn.BatchNorm2d' : 'nn.BatchNorm1d'
  const momentum = Number((1 - BATCH_NORM_MOMENTUM).toPrecision(6))
  return module(`${kind}(${channelsOf(x!)}, eps=${BATCH_NORM_EPSILON}, momentum=${momentum})`, {
    weight: asItIs('gamma'),
    bias: asItIs('beta'),
    running_mean: asItIs('moving-mean'),
    running_var: asItIs('moving-variance'),
  })
}

const dense: Mapping = ({ node, inputs: [x] }) => {
  const hasBias = flagOf(node.parameters, 'bias')
  const size = `${channelsOf(x!)}, ${numberOf(node.parameters, 'features')}`
  return module(`nn.Linear(${size}${hasBias ? '' : ', bias=False'})`, {
    weight: transposed('kernel'),
    ...(hasBias && { bias: asItIs('bias') }),
  })
}

/** Ours has the channels innermost; a map of one position is the same either way. */
const flatten: Mapping = ({ inputs: [x] }) => {
  if (!isMap(x!)) return expression(([value]) => value!)
  const isOne = x[0] * x[1] === 1
  return expression(([value]) => (isOne ? `${value}.flatten(1)` : `${value}.permute(0, 2, 3, 1).flatten(1)`))
}

const plain =
  (text: string): Mapping =>
  () =>
    module(text)

const MAPPINGS: Readonly<Record<LayerKind, Mapping>> = {
  conv2d,
  'depthwise-conv2d': depthwise,
  'max-pool': maxPool,
  'average-pool': averagePool,
  'global-average-pool': plain('nn.AdaptiveAvgPool2d(1)'),
  'batch-norm': batchNorm,
  relu: plain('nn.ReLU()'),
  relu6: plain('nn.ReLU6()'),
  silu: plain('nn.SiLU()'),
  gelu: plain('nn.GELU()'),
  'hard-swish': plain('nn.Hardswish()'),
  sigmoid: plain('nn.Sigmoid()'),
  'hard-sigmoid': plain('nn.Hardsigmoid()'),
  tanh: plain('nn.Tanh()'),
  softmax: plain('nn.Softmax(dim=1)'),
  add: () => expression((inputs) => inputs.join(' + ')),
  multiply: () => expression((inputs) => inputs.join(' * ')),
  concatenate: () => expression((inputs) => `torch.cat([${inputs.join(', ')}], dim=1)`),
  dense,
  flatten,
  dropout: ({ node }) => module(`nn.Dropout(${numberOf(node.parameters, 'rate')})`),
  'stochastic-depth': ({ node }) => module(`StochasticDepth(${numberOf(node.parameters, 'rate')})`),
  'channel-shuffle': ({ node }) => module(`nn.ChannelShuffle(${numberOf(node.parameters, 'groups')})`),
  split: ({ node }) =>
    expression(
      ([value]) => `${value}.chunk(${numberOf(node.parameters, 'parts')}, dim=1)[${numberOf(node.parameters, 'part')}]`,
    ),
  identity: () => expression(([value]) => value!),
  zero: () => expression(([value]) => `torch.zeros_like(${value})`),
}

/** @param inputs shapes of the node's inputs @throws RangeError for no kind of the catalogue */
export function pythonLayer(node: LayerNode, inputs: readonly TensorShape[]): PythonLayer {
  if (!isLayerKind(node.kind)) throw new RangeError(`No PyTorch form for layer kind ${node.kind}`)
  return MAPPINGS[node.kind]({ node, inputs })
}
