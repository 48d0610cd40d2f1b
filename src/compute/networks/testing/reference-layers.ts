// Forward pass of every layer kind in float64, by its definition and nothing else: what native networks are measured against,
// in tests and in bench:kernels. Randomness is left out: dropout and stochastic depth pass everything.
import type { LayerKind } from '@shared/architecture/catalogue'
import { convolutionWindow } from '@shared/architecture/catalogue/conv2d'
import { poolingWindow } from '@shared/architecture/catalogue/pooling-window'
import { flagOf, numberOf } from '@shared/architecture/catalogue/parameter-values'
import { windowCount, windowPadding, type WindowRule } from '@shared/architecture/catalogue/window'
import type { ParameterValues } from '@shared/architecture/layer'
import { ACTIVATIONS_64, mean64, rows64, softmax64 } from '../../tensorflow/testing/float64'
import { BATCH_NORM_EPSILON } from '../layers/batch-norm-constants'

/** `[batch, height, width, channels]` or `[batch, features]`. */
export interface Value64 {
  readonly shape: readonly number[]
  readonly data: Float64Array
}

export interface LayerCall64 {
  readonly parameters: ParameterValues
  readonly inputs: readonly Value64[]
  /** Stored array of the node, by role. */
  array(role: string): Float64Array
}

type Layer64 = (call: LayerCall64) => Value64

const channelsOf = ({ shape }: Value64): number => shape[shape.length - 1]!
const map = (x: Value64, f: (value: number, index: number) => number): Value64 => ({ ...x, data: x.data.map(f) })
const activation =
  (f: (x: number) => number): Layer64 =>
  ({ inputs }) =>
    map(inputs[0]!, f)

/** Every tap of a window on the input: for tap (u, v) of output (row, column), the input's first element there, or nothing outside. */
function forEachTap(
  { shape: [batch, height, width, channels] }: { readonly shape: readonly number[] },
  rule: WindowRule,
  visit: (output: number, input: number, tap: number) => void,
): readonly [number, number] {
  const [rows, columns] = [windowCount(height!, rule, 0), windowCount(width!, rule, 1)]
  const [[top], [left]] = [windowPadding(height!, rule, 0), windowPadding(width!, rule, 1)]
  for (let n = 0; n < batch!; n++)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        for (let u = 0; u < rule.kernel[0]; u++)
          for (let v = 0; v < rule.kernel[1]; v++) {
            const y = row * rule.stride[0] + u * rule.dilation - top
            const x = column * rule.stride[1] + v * rule.dilation - left
            if (y < 0 || y >= height! || x < 0 || x >= width!) continue
            visit(
              (n * rows + row) * columns + column,
              ((n * height! + y) * width! + x) * channels!,
              u * rule.kernel[1] + v,
            )
          }
  return [rows, columns]
}

function withBias({ parameters, array }: LayerCall64, y: Value64): Value64 {
  if (!flagOf(parameters, 'bias')) return y
  const bias = array('bias')
  return map(y, (value, i) => value + bias[i % bias.length]!)
}

/** @param filters outputs of each group, `inputs` of each group; the kernel is `[taps, inputs, groups * filters]` in memory */
function convolve(x: Value64, rule: WindowRule, kernel: Float64Array, groups: number, outputs: number): Value64 {
  const [batch, height, width, channels] = x.shape
  const [inputs, filters] = [channels! / groups, outputs / groups]
  const size = batch! * windowCount(height!, rule, 0) * windowCount(width!, rule, 1)
  const data = new Float64Array(size * outputs)
  const [rows, columns] = forEachTap(x, rule, (output, input, tap) => {
    for (let group = 0; group < groups; group++)
      for (let c = 0; c < inputs; c++) {
        const value = x.data[input + group * inputs + c]!
        if (value === 0) continue
        const weights = (tap * inputs + c) * outputs + group * filters
        const target = output * outputs + group * filters
        for (let f = 0; f < filters; f++) data[target + f]! += value * kernel[weights + f]!
      }
  })
  return { shape: [batch!, rows, columns, outputs], data }
}

const convolution: Layer64 = (call) => {
  const { parameters, inputs } = call
  const [groups, channels] = [numberOf(parameters, 'groups'), numberOf(parameters, 'channels')]
  return withBias(call, convolve(inputs[0]!, convolutionWindow(parameters), call.array('kernel'), groups, channels))
}

/** A depthwise kernel `[taps, channels, multiplier]` has the order of a grouped one `[taps, 1, channels * multiplier]`. */
const depthwise: Layer64 = (call) => {
  const channels = channelsOf(call.inputs[0]!)
  const outputs = channels * numberOf(call.parameters, 'multiplier')
  const rule = convolutionWindow(call.parameters)
  return withBias(call, convolve(call.inputs[0]!, rule, call.array('kernel'), channels, outputs))
}

const maxPooling: Layer64 = ({ parameters, inputs: [x] }) => {
  const rule = poolingWindow(parameters)
  const [batch, height, width, channels] = x!.shape
  const size = batch! * windowCount(height!, rule, 0) * windowCount(width!, rule, 1) * channels!
  const data = new Float64Array(size).fill(-Infinity)
  const [rows, columns] = forEachTap(x!, rule, (output, input) => {
    for (let c = 0; c < channels!; c++) {
      const at = output * channels! + c
      data[at] = Math.max(data[at]!, x!.data[input + c]!)
    }
  })
  return { shape: [batch!, rows, columns, channels!], data }
}

/** Padding counted: the positions of a window inside the padded map, but not what a rounded-up window reaches beyond. */
const averagePooling: Layer64 = ({ parameters, inputs: [x] }) => {
  const rule = poolingWindow(parameters)
  const [batch, height, width, channels] = x!.shape
  const [rows, columns] = [windowCount(height!, rule, 0), windowCount(width!, rule, 1)]
  const data = new Float64Array(batch! * rows * columns * channels!)
  const taps = new Float64Array(batch! * rows * columns)
  forEachTap(x!, rule, (output, input) => {
    taps[output]! += 1
    for (let c = 0; c < channels!; c++) data[output * channels! + c]! += x!.data[input + c]!
  })
  const counts = flagOf(parameters, 'countPadding')
    ? (() => {
        const along = (size: number, axis: 0 | 1, index: number): number => {
          const [before, after] = windowPadding(size, { ...rule, ceil: false }, axis)
          const start = index * rule.stride[axis] - before
          return Math.min(start + rule.kernel[axis], size + after) - start
        }
        return taps.map((_, i) => along(height!, 0, Math.floor(i / columns) % rows) * along(width!, 1, i % columns))
      })()
    : taps
  const shape = [batch!, rows, columns, channels!]
  return { shape, data: data.map((sum, i) => sum / counts[Math.floor(i / channels!)]!) }
}

const globalAverage: Layer64 = ({ inputs: [x] }) => {
  const [batch, height, width, channels] = x!.shape
  const data = new Float64Array(batch! * channels!)
  const size = height! * width!
  x!.data.forEach(
    (value, i) => (data[Math.floor(i / (size * channels!)) * channels! + (i % channels!)]! += value / size),
  )
  return { shape: [batch!, 1, 1, channels!], data }
}

/** With the statistics of the batch, as in training. */
const batchNorm: Layer64 = ({ inputs: [x], array }) => {
  const channels = channelsOf(x!)
  const [gamma, beta, count] = [array('gamma'), array('beta'), x!.data.length / channels]
  const [sum, squares] = [new Float64Array(channels), new Float64Array(channels)]
  x!.data.forEach((value, i) => (sum[i % channels]! += value / count))
  x!.data.forEach((value, i) => (squares[i % channels]! += (value - sum[i % channels]!) ** 2 / count))
  return map(x!, (value, i) => {
    const c = i % channels
    return ((value - sum[c]!) / Math.sqrt(squares[c]! + BATCH_NORM_EPSILON)) * gamma[c]! + beta[c]!
  })
}

/** One of the two may be `[batch, 1, 1, channels]`, which spreads over the map. */
function product(x: Value64, y: Value64): Value64 {
  if (x.data.length < y.data.length) return product(y, x)
  if (x.data.length === y.data.length) return map(x, (value, i) => value * y.data[i]!)
  const channels = channelsOf(x)
  const image = x.data.length / x.shape[0]!
  return map(x, (value, i) => value * y.data[Math.floor(i / image) * channels + (i % channels)]!)
}

const concatenation: Layer64 = ({ inputs }) => {
  const widths = inputs.map(channelsOf)
  const width = widths.reduce((a, b) => a + b, 0)
  const places = inputs[0]!.data.length / widths[0]!
  const data = new Float64Array(places * width)
  let start = 0
  inputs.forEach(({ data: from }, k) => {
    const own = widths[k]!
    for (let i = 0; i < places; i++) data.set(from.subarray(i * own, (i + 1) * own), i * width + start)
    start += own
  })
  return { shape: [...inputs[0]!.shape.slice(0, -1), width], data }
}

const dense: Layer64 = (call) => {
  const [x] = call.inputs
  const features = numberOf(call.parameters, 'features')
  const [batch, inputs] = [x!.shape[0]!, channelsOf(x!)]
  const kernel = call.array('kernel')
  const data = new Float64Array(batch * features)
  for (let n = 0; n < batch; n++)
    for (let i = 0; i < inputs; i++)
      for (let f = 0; f < features; f++) data[n * features + f]! += x!.data[n * inputs + i]! * kernel[i * features + f]!
  return withBias(call, { shape: [batch, features], data })
}

/** Moves channel `from(c)` to c. */
const channelsMoved = (x: Value64, width: number, from: (channel: number) => number): Value64 => {
  const channels = channelsOf(x)
  const places = x.data.length / channels
  const data = new Float64Array(places * width)
  for (let i = 0; i < places; i++) for (let c = 0; c < width; c++) data[i * width + c] = x.data[i * channels + from(c)]!
  return { shape: [...x.shape.slice(0, -1), width], data }
}

const shuffle: Layer64 = ({ parameters, inputs: [x] }) => {
  const groups = numberOf(parameters, 'groups')
  const size = channelsOf(x!) / groups
  return channelsMoved(x!, channelsOf(x!), (c) => (c % groups) * size + Math.floor(c / groups))
}

const split: Layer64 = ({ parameters, inputs: [x] }) => {
  const size = channelsOf(x!) / numberOf(parameters, 'parts')
  return channelsMoved(x!, size, (c) => numberOf(parameters, 'part') * size + c)
}

const identity: Layer64 = ({ inputs }) => inputs[0]!

export const LAYERS_64: Readonly<Record<LayerKind, Layer64>> = {
  conv2d: convolution,
  'depthwise-conv2d': depthwise,
  'max-pool': maxPooling,
  'average-pool': averagePooling,
  'global-average-pool': globalAverage,
  'batch-norm': batchNorm,
  relu: activation(ACTIVATIONS_64['relu']!),
  relu6: activation(ACTIVATIONS_64['relu6']!),
  silu: activation(ACTIVATIONS_64['silu']!),
  gelu: activation(ACTIVATIONS_64['gelu']!),
  'hard-swish': activation(ACTIVATIONS_64['hardSwish']!),
  sigmoid: activation(ACTIVATIONS_64['sigmoid']!),
  'hard-sigmoid': activation(ACTIVATIONS_64['hardSigmoid']!),
  tanh: activation(ACTIVATIONS_64['tanh']!),
  softmax: ({ inputs: [x] }) => ({ ...x!, data: rows64(x!.data, channelsOf(x!), softmax64) }),
  add: ({ inputs }) => inputs.reduce((a, b) => map(a, (value, i) => value + b.data[i]!)),
  concatenate: concatenation,
  multiply: ({ inputs }) => inputs.reduce(product),
  dense,
  flatten: ({ inputs: [x] }) => ({ shape: [x!.shape[0]!, x!.data.length / x!.shape[0]!], data: x!.data }),
  dropout: identity,
  'stochastic-depth': identity,
  'channel-shuffle': shuffle,
  split,
  identity,
  zero: ({ inputs: [x] }) => map(x!, () => 0),
}

/** Mean cross-entropy of logits `[batch, classes]` against class numbers. */
export function crossEntropy64({ shape, data }: Value64, labels: readonly number[]): number {
  const classes = shape[1]!
  return mean64(
    labels.map((label, row) => {
      const scores = data.subarray(row * classes, (row + 1) * classes)
      const largest = Math.max(...scores)
      return Math.log(scores.reduce((sum, score) => sum + Math.exp(score - largest), 0)) + largest - scores[label]!
    }),
  )
}
