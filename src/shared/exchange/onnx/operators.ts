// Every operator of ONNX that is, or begins, a layer of ours. What several operators stand for together (GELU by erf, SiLU, hard swish,
// channel shuffle) is carried as a pending step until it is whole.
import { isMap } from '../../architecture/catalogue/window'
import { channelsOf } from '../../architecture/layer'
import { batchNormValues, epsilonNote } from '../imported/batch-norm-values'
import { NoLayer } from '../imported/network-builder'
import type { GraphImporter, Value } from './importer'
import { matrix, spread } from './kernels'
import type { OnnxNode } from './read-graph'
import { gives, simple, type Read } from './operator'
import { add, clip, divide, erf, gelu, hardSigmoid, multiply, subtract, sum } from './arithmetic'
import { flatten, reshape, slice, split, squeeze, transpose, unsqueeze } from './shape-operators'
import { conv, globalMax, pad, pool } from './window-operators'

const passes: Read = (importer, node) => {
  const value = importer.find(node.inputs[0] ?? '')
  if (value === undefined) throw new NoLayer('its input is no value of the network')
  gives(importer, node, value)
}

const batchNorm: Read = (importer, node) => {
  const x = importer.plain(node.inputs[0])
  const epsilon = node.float('epsilon') ?? 1e-5
  if (node.int('spatial') === 0) throw new NoLayer('it has a mean for every position, the layer for every channel')
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

/** Before opset 13 a softmax ran over its axis and all behind it together. */
const LAST_FLATTENING_OPSET = 12

/** @throws NoLayer for a softmax over other values than the channels of one position */
function softmaxInput(importer: GraphImporter, node: OnnxNode): Value {
  const x = importer.plain(node.inputs[0])
  const isOld = importer.source.opset <= LAST_FLATTENING_OPSET
  const axis = node.int('axis') ?? (isOld ? 1 : -1)
  if (!channelAxes(x).includes(axis)) throw new NoLayer(`it runs over axis ${axis}, the layer over the channels`)
  if (isOld && isMap(x.shape) && x.shape[0] * x.shape[1] > 1)
    throw new NoLayer(
      `it runs over the whole map, as before opset ${LAST_FLATTENING_OPSET + 1}; the layer over the channels`,
    )
  return x
}

const softmax: Read = (importer, node) => {
  const x = softmaxInput(importer, node)
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

/** What int8 models do between layers: the numbers are rounded, and the layers here compute without that. */
const rounding: Read = (importer, node) => {
  importer.notes.add('The file rounds its values to eight bits (QDQ); the layers here compute in float32.')
  passes(importer, node)
}

/** The logarithm of a softmax at the end changes no order of the scores. */
const logSoftmax: Read = (importer, node) => {
  if (!importer.source.outputs.includes(node.outputs[0] ?? '')) throw new NoLayer('it is not the end of the network')
  softmaxInput(importer, node)
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
  // onnxruntime's own, of before opset 20.
  ['com.microsoft.Gelu', gelu],
  ['Erf', erf],
  ['Softmax', softmax],
  ['LogSoftmax', logSoftmax],
  ['QuantizeLinear', rounding],
  ['DequantizeLinear', rounding],
  ['Add', add],
  ['Sum', sum],
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
