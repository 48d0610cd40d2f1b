// Every operator of ONNX that is, or begins, a layer of ours. What several operators stand for together (GELU by erf, SiLU, hard swish,
// channel shuffle) is carried as a pending step until it is whole.
import type { LayerKind } from '../../architecture/catalogue'
import { isMap } from '../../architecture/catalogue/window'
import { elementCount } from '../../element-count'
import { channelsOf } from '../../architecture/layer'
import { batchNormValues, epsilonNote } from '../imported/batch-norm-values'
import { channelsOutermost } from '../imported/feature-order'
import { NoLayer } from '../imported/network-builder'
import { withoutPending, type GraphImporter, type Value } from './importer'
import { matrix, outputsInnermost, spread } from './kernels'
import type { OnnxNode } from './read-graph'
import { gives, simple, step, type Read } from './operator'
import { add, clip, divide, erf, gelu, hardSigmoid, multiply, subtract } from './arithmetic'
import type { FoundWindow } from '../imported/padded-window'
import { windowOf } from './windows'

const NONE = [0, 0, 0, 0] as const
const passes: Read = (importer, node) => {
  const value = importer.find(node.inputs[0] ?? '')
  if (value === undefined) throw new NoLayer('its input is no value of the network')
  gives(importer, node, value)
}

/** A map that may have been padded by a node of its own. */
function windowed(importer: GraphImporter, node: OnnxNode) {
  const found = importer.find(node.inputs[0] ?? '')
  const pads = found?.pending?.step === 'padded' ? found.pending.pads : NONE
  if (pads !== NONE && found !== undefined && isMap(found.shape))
    return { x: { id: found.id, shape: found.shape }, pads }
  return { x: importer.map(node.inputs[0]), pads }
}

function required(window: FoundWindow | { readonly reason: string }): FoundWindow {
  if ('reason' in window) throw new NoLayer(window.reason)
  return window
}

const conv: Read = (importer, node) => {
  const { x, pads } = windowed(importer, node)
  const weights = importer.constant(node.inputs[1])
  const dims = weights?.dims
  if (weights === undefined || dims?.length !== 4) throw new NoLayer('its kernel is no constant of four axes')
  const [outputs = 0, perGroup = 0, height = 0, width = 0] = dims
  const { kernel, stride, dilation, padding } = required(windowOf(node, x.shape, [height, width], pads))
  const groups = node.int('group') ?? 1
  const offset = importer.constant(node.inputs[2])
  const bias = (node.inputs[2] ?? '') !== ''
  const window = { kernel, stride, padding, dilation, bias }
  const values = { kernel: outputsInnermost(weights), ...(offset && { bias: spread(offset, outputs) }) }
  const isDepthwise = groups > 1 && perGroup === 1 && groups === x.shape[2]
  const value = isDepthwise
    ? importer.layer(node, 'depthwise-conv2d', { ...window, multiplier: outputs / groups }, [x], values)
    : importer.layer(node, 'conv2d', { ...window, channels: outputs, groups }, [x], values)
  gives(importer, node, value)
}

const NOT_NEGATIVE: ReadonlySet<string> = new Set<LayerKind>(['relu', 'relu6', 'sigmoid', 'hard-sigmoid', 'softmax'])

const pool =
  (kind: 'max-pool' | 'average-pool'): Read =>
  (importer, node) => {
    const { x, pads } = windowed(importer, node)
    // Behind what gives no negative value a zero is as good as nothing.
    if (pads !== NONE && kind === 'max-pool' && !NOT_NEGATIVE.has(importer.kindOf(x.id) ?? ''))
      throw new NoLayer('zeros are put around the map before a maximum')
    if (node.outputs.length > 1 && node.outputs[1] !== '') throw new NoLayer('it gives positions too')
    const counts = kind === 'average-pool' && (pads !== NONE || (node.int('count_include_pad') ?? 0) !== 0)
    const found = windowOf(node, x.shape, node.ints('kernel_shape') ?? [], pads, counts)
    const { kernel, stride, dilation, padding, ceil } = required(found)
    if (dilation !== 1) throw new NoLayer('its window has gaps (dilation)')
    const parameters = { kernel, stride, padding, ceil, ...(kind === 'average-pool' && { countPadding: counts }) }
    gives(importer, node, importer.layer(node, kind, parameters, [x]))
  }

const pad: Read = (importer, node) => {
  const x = importer.map(node.inputs[0])
  const all = node.ints('pads') ?? importer.constant(node.inputs[1])?.values
  const value = importer.constant(node.inputs[2])?.values?.[0] ?? node.float('value') ?? 0
  if ((node.text('mode') ?? 'constant') !== 'constant' || value !== 0)
    throw new NoLayer('it pads with other than zeros')
  if (all?.length !== 8 || [0, 1, 4, 5].some((i) => all[i] !== 0)) throw new NoLayer('it pads other axes than the map')
  gives(importer, node, { ...x, pending: { step: 'padded', pads: [all[2]!, all[3]!, all[6]!, all[7]!] } })
}

const batchNorm: Read = (importer, node) => {
  const x = importer.plain(node.inputs[0])
  const epsilon = node.float('epsilon') ?? 1e-5
  const note = epsilonNote(epsilon)
  if (note !== undefined) importer.notes.add(note)
  const channels = channelsOf(x.shape)
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((at) => importer.constant(node.inputs[at])?.numbers)
  if (gamma === undefined || beta === undefined || mean === undefined || variance === undefined)
    throw new NoLayer('its values are no constants')
  const values = batchNormValues({ gamma, beta, mean, variance, epsilon, channels })
  gives(importer, node, importer.layer(node, 'batch-norm', {}, [x], values))
}

/** Axes of the file's value that are its channels. */
const channelAxes = ({ shape, isFlat }: Value): readonly number[] =>
  isMap(shape) && isFlat !== true ? [1, -3] : [1, -1]

const softmax: Read = (importer, node) => {
  const x = importer.plain(node.inputs[0])
  const axis = node.int('axis') ?? -1
  if (!channelAxes(x).includes(axis)) throw new NoLayer(`it runs over axis ${axis}, the layer over the channels`)
  gives(importer, node, importer.layer(node, 'softmax', {}, [x]))
}

const concatenate: Read = (importer, node) => {
  const inputs = node.inputs.map((name) => importer.plain(name))
  const axis = node.int('axis') ?? 1
  const channels = inputs[0] === undefined ? [] : channelAxes(inputs[0])
  if (!channels.includes(axis)) throw new NoLayer(`it joins along axis ${axis}, the layer along the channels`)
  gives(importer, node, inputs.length === 1 ? inputs[0]! : importer.layer(node, 'concatenate', {}, inputs))
}

const dense: Read = (importer, node) => {
  const x = importer.plain(node.inputs[0])
  const weights = importer.constant(node.inputs[1])
  const dims = weights?.dims
  if (weights === undefined || dims?.length !== 2 || (isMap(x.shape) && x.isFlat !== true))
    throw new NoLayer('it is no product of features and a constant matrix')
  const isTurned = (node.int('transB') ?? 0) !== 0
  if ((node.int('transA') ?? 0) !== 0) throw new NoLayer('it turns its input')
  const features = (isTurned ? dims[0] : dims[1]) ?? 0
  const bias = (node.inputs[2] ?? '') !== ''
  const offset = importer.constant(node.inputs[2])
  const values = {
    kernel: matrix(weights, isTurned, node.float('alpha') ?? 1),
    ...(offset && { bias: spread(offset, features, node.float('beta') ?? 1) }),
  }
  // Where the features become a map again, they stay one of one position: the same sums.
  const position = { channels: features, kernel: [1, 1], stride: [1, 1], padding: 'none', bias } as const
  const value =
    isMap(x.shape) && importer.hasMapsAgain
      ? importer.layer(node, 'conv2d', position, [x], values)
      : importer.layer(node, 'dense', { features, bias }, [x], values)
  gives(importer, node, value)
}

/** Of a flattened map: a dense layer behind more has more weights than a file can hold. */
const MOST_FEATURES = 2 ** 26

function flat(importer: GraphImporter, node: OnnxNode): void {
  const found = importer.find(node.inputs[0] ?? '')
  const isTurned = found?.pending?.step === 'channels-last'
  const x = isTurned ? withoutPending(found) : importer.plain(node.inputs[0])
  if (!isMap(x.shape) || x.isFlat === true) return gives(importer, node, x)
  if (importer.hasMapsAgain && x.shape[0] * x.shape[1] === 1) return gives(importer, node, { ...x, isFlat: true })
  if (elementCount(x.shape) > MOST_FEATURES) throw new NoLayer(`it has more than ${MOST_FEATURES} features`)
  const order = isTurned ? undefined : channelsOutermost(x.shape)
  if (order !== undefined)
    importer.notes.add(
      'The file flattens maps with the channels outermost, networks here with the channels innermost: what reads them is turned.',
    )
  gives(importer, node, { ...importer.layer(node, 'flatten', {}, [x]), ...(order !== undefined && { order }) })
}

const flatten: Read = (importer, node) => {
  if ((node.int('axis') ?? 1) !== 1) throw new NoLayer('it keeps more than the batch')
  flat(importer, node)
}

/** Squeezing both axes of a map of one position. */
const squeeze: Read = (importer, node) => {
  const x = importer.map(node.inputs[0])
  const axes = node.ints('axes') ?? importer.constant(node.inputs[1])?.values
  const wanted = axes?.map((axis) => (axis < 0 ? axis + 4 : axis)).sort((a, b) => a - b)
  if (wanted?.join() !== '2,3' || x.shape[0] * x.shape[1] !== 1)
    throw new NoLayer('it drops other axes than those of a map of one position')
  flat(importer, node)
}

const reshape: Read = (importer, node) => {
  const sizes = importer.constant(node.inputs[1])?.values
  const found = importer.find(node.inputs[0] ?? '')
  if (sizes === undefined || found === undefined) throw new NoLayer('its shape is no constant')
  if (sizes.length === 2) return flat(importer, node)
  if (!isMap(found.shape)) throw new NoLayer('it gives features more axes')
  if (found.isFlat === true && sizes.length === 4 && sizes[2] === 1 && sizes[3] === 1)
    return gives(importer, node, { id: found.id, shape: found.shape })
  const [height, width, channels] = found.shape
  const groups = sizes[1]!
  const isGrouping =
    sizes[2] === channels / groups && sizes.slice(3).reduce((area, side) => area * side, 1) === height * width
  if (found.pending === undefined && groups > 1 && isGrouping)
    return step(importer, node, found, { step: 'grouped', groups })
  if (found.pending?.step === 'shuffled' && sizes.slice(1).join() === [channels, height, width].join()) {
    const x = withoutPending(found)
    return gives(importer, node, importer.layer(node, 'channel-shuffle', { groups: found.pending.groups }, [x]))
  }
  throw new NoLayer(`it gives the shape [${sizes.join(', ')}]`)
}

/** Features of one position as a map again. */
const unsqueeze: Read = (importer, node) => {
  const found = importer.find(node.inputs[0] ?? '')
  const axes = node.ints('axes') ?? importer.constant(node.inputs[1])?.values ?? []
  const from = found?.isFlat === true ? 2 : 4
  const isAll =
    [...axes]
      .map((axis) => (axis < 0 ? axis + 2 + axes.length : axis))
      .sort((a, b) => a - b)
      .join() === '2,3'
  if (found === undefined || from !== 2 || !isAll)
    throw new NoLayer('it gives more axes to what is no map of one position')
  gives(importer, node, { id: found.id, shape: found.shape })
}

const transpose: Read = (importer, node) => {
  const found = importer.find(node.inputs[0] ?? '')
  const perm = node.ints('perm')?.join() ?? ''
  if (found?.pending?.step === 'grouped' && (perm === '0,2,1,3' || perm === '0,2,1,3,4'))
    return step(importer, node, found, { step: 'shuffled', groups: found.pending.groups })
  if (found !== undefined && isMap(found.shape)) {
    if (perm === '0,2,3,1' && found.pending === undefined) return step(importer, node, found, { step: 'channels-last' })
    if (perm === '0,3,1,2' && found.pending?.step === 'channels-last')
      return gives(importer, node, withoutPending(found))
  }
  throw new NoLayer(`it turns the axes by [${perm}]`)
}

const split: Read = (importer, node) => {
  const x = importer.map(node.inputs[0])
  const axis = node.int('axis') ?? 0
  const sizes = node.ints('split') ?? importer.constant(node.inputs[1])?.values
  const parts = node.outputs.length
  if (axis !== 1 && axis !== -3) throw new NoLayer(`it cuts axis ${axis}, the layer the channels`)
  if (sizes?.some((size) => size !== x.shape[2] / parts) === true) throw new NoLayer('its parts are not equal')
  node.outputs.forEach((output, part) => {
    if (output !== '') importer.give(output, importer.layer(node, 'split', { parts, part }, [x]))
  })
}

const slice: Read = (importer, node) => {
  const x = importer.map(node.inputs[0])
  const [starts, ends, axes, steps] = [1, 2, 3, 4].map((i) => importer.constant(node.inputs[i])?.values)
  const channels = x.shape[2]
  const start = starts?.[0] ?? -1
  const size = Math.min(ends?.[0] ?? 0, channels) - start
  const isChannels = starts?.length === 1 && (axes?.[0] ?? 0) === 1 && (steps?.[0] ?? 1) === 1
  if (!isChannels || size <= 0 || channels % size !== 0 || start % size !== 0)
    throw new NoLayer('it takes no equal part of the channels')
  gives(importer, node, importer.layer(node, 'split', { parts: channels / size, part: start / size }, [x]))
}

const mean: Read = (importer, node) => {
  const x = importer.map(node.inputs[0])
  const axes = node.ints('axes') ?? importer.constant(node.inputs[1])?.values
  const wanted = axes?.map((axis) => (axis < 0 ? axis + 4 : axis)).sort((a, b) => a - b)
  if (wanted?.join() !== '2,3') throw new NoLayer('it averages other axes than those of the map')
  const average = importer.layer(node, 'global-average-pool', {}, [x])
  const keeps = (node.int('keepdims') ?? 1) !== 0
  const flattened = (): Value =>
    importer.hasMapsAgain ? { ...average, isFlat: true } : importer.layer(node, 'flatten', {}, [average])
  gives(importer, node, keeps ? average : flattened())
}

/** The maximum of the whole map. */
const globalMax: Read = (importer, node) => {
  const x = importer.map(node.inputs[0])
  const kernel = [x.shape[0], x.shape[1]] as const
  gives(importer, node, importer.layer(node, 'max-pool', { kernel, stride: kernel, padding: 'none', ceil: false }, [x]))
}

/** What int8 models do between layers: the numbers are rounded, and the layers here compute without that. */
const rounding: Read = (importer, node) => {
  importer.notes.add('The file rounds its values to eight bits (QDQ); the layers here compute in float32.')
  passes(importer, node)
}

/** The logarithm of a softmax at the end changes no order of the scores. */
const logSoftmax: Read = (importer, node) => {
  if (!importer.source.outputs.includes(node.outputs[0] ?? '')) throw new NoLayer('it is not the end of the network')
  importer.notes.add('The file ends with the logarithm of a softmax, a network here with its scores.')
  passes(importer, node)
}

export const OPERATORS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['Conv', conv],
  ['MaxPool', pool('max-pool')],
  ['AveragePool', pool('average-pool')],
  ['GlobalMaxPool', globalMax],
  ['GlobalAveragePool', simple('global-average-pool')],
  ['ReduceMean', mean],
  ['Pad', pad],
  ['BatchNormalization', batchNorm],
  ['Relu', simple('relu')],
  ['Clip', clip],
  ['Sigmoid', simple('sigmoid')],
  ['Tanh', simple('tanh')],
  ['HardSigmoid', hardSigmoid],
  ['HardSwish', simple('hard-swish')],
  ['Swish', simple('silu')],
  ['Gelu', gelu],
  ['Erf', erf],
  ['Softmax', softmax],
  ['LogSoftmax', logSoftmax],
  ['QuantizeLinear', rounding],
  ['DequantizeLinear', rounding],
  ['Add', add],
  ['Sum', add],
  ['Mul', multiply],
  ['Div', divide],
  ['Sub', subtract],
  ['Concat', concatenate],
  ['Gemm', dense],
  ['MatMul', dense],
  ['Flatten', flatten],
  ['Reshape', reshape],
  ['Squeeze', squeeze],
  ['Unsqueeze', unsqueeze],
  ['Transpose', transpose],
  ['Split', split],
  ['Slice', slice],
  // Nothing happens to a value, or only while training.
  ['Identity', passes],
  ['Dropout', passes],
  ['Cast', passes],
])
