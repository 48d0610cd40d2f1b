// Every operator of ONNX that is, or begins, a layer of ours. What several operators stand for together (GELU by erf, SiLU, hard swish,
// channel shuffle) is carried as a pending step until it is whole.
import type { LayerKind } from '../../architecture/catalogue'
import { isMap } from '../../architecture/catalogue/window'
import { INPUT_ID } from '../../architecture/layer'
import { NoLayer, type GraphImporter, type Pending, type Value } from './importer'
import type { OnnxNode } from './read-graph'
import { windowOf, type FoundWindow } from './windows'

type Read = (importer: GraphImporter, node: OnnxNode) => void

const NONE = [0, 0, 0, 0] as const
/** Float32 as programs write it. */
const isNear = (a: number | undefined, b: number): boolean => a !== undefined && Math.abs(a - b) <= 1e-4 * Math.abs(b)

const gives = (importer: GraphImporter, node: OnnxNode, value: Value): void => importer.give(node.outputs[0]!, value)

/** A kind without parameters. */
const simple =
  (kind: LayerKind): Read =>
  (importer, node) =>
    gives(importer, node, importer.layer(node, kind, {}, [importer.plain(node.inputs[0])]))

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
  const dims = importer.constant(node.inputs[1])?.dims
  if (dims?.length !== 4) throw new NoLayer('its kernel is no constant of four axes')
  const [outputs = 0, perGroup = 0, height = 0, width = 0] = dims
  const { kernel, stride, dilation, padding } = required(windowOf(node, x.shape, [height, width], pads))
  const groups = node.int('group') ?? 1
  const bias = (node.inputs[2] ?? '') !== ''
  const window = { kernel, stride, padding, dilation, bias }
  const isDepthwise = groups > 1 && perGroup === 1 && groups === x.shape[2]
  const value = isDepthwise
    ? importer.layer(node, 'depthwise-conv2d', { ...window, multiplier: outputs / groups }, [x])
    : importer.layer(node, 'conv2d', { ...window, channels: outputs, groups }, [x])
  gives(importer, node, value)
}

const pool =
  (kind: 'max-pool' | 'average-pool'): Read =>
  (importer, node) => {
    const { x, pads } = windowed(importer, node)
    if (pads !== NONE && kind === 'max-pool') throw new NoLayer('zeros are put around the map before a maximum')
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
  const epsilon = node.float('epsilon') ?? 1e-5
  if (!isNear(epsilon, 1e-5))
    importer.notes.add('Batch normalisation has another epsilon in the file than the 1e-5 of every network here.')
  simple('batch-norm')(importer, node)
}

const clip: Read = (importer, node) => {
  const bound = (i: number, name: string): number | undefined =>
    importer.constant(node.inputs[i])?.values?.[0] ?? node.float(name)
  const [low, high] = [bound(1, 'min'), bound(2, 'max')]
  const given = importer.find(node.inputs[0] ?? '')
  if (low === 0 && high === 6 && given?.pending?.step === 'plus-3') {
    gives(importer, node, { ...given, pending: { step: 'relu6-of-plus-3' } })
    return
  }
  const kind = low === 0 && high === 6 ? 'relu6' : low === 0 && (high === undefined || high > 1e30) ? 'relu' : undefined
  if (kind === undefined)
    throw new NoLayer(`it limits to ${low ?? '-inf'}..${high ?? 'inf'}; relu is 0..inf, relu6 0..6`)
  simple(kind)(importer, node)
}

const hardSigmoid: Read = (importer, node) => {
  const [alpha, beta] = [node.float('alpha') ?? 0.2, node.float('beta') ?? 0.5]
  if (!isNear(alpha, 1 / 6) || !isNear(beta, 0.5))
    throw new NoLayer(`its slope is ${alpha} and its offset ${beta}; the layer's are 1/6 and 0.5`)
  simple('hard-sigmoid')(importer, node)
}

const softmax: Read = (importer, node) => {
  const x = importer.plain(node.inputs[0])
  const axis = node.int('axis') ?? -1
  const isLast = isMap(x.shape) ? axis === 1 || axis === -3 : axis === 1 || axis === -1
  if (!isLast) throw new NoLayer(`it runs over axis ${axis}, the layer over the channels`)
  gives(importer, node, importer.layer(node, 'softmax', {}, [x]))
}

/** A sum or product of two values of the network, or of one and a constant, which only forms of layers have. */
function binary(importer: GraphImporter, node: OnnxNode) {
  const [first = '', second = ''] = node.inputs
  const constants = [importer.constant(first), importer.constant(second)]
  if (constants[0] === undefined && constants[1] === undefined) return { kind: 'two', names: [first, second] } as const
  const [name, constant] = constants[0] === undefined ? [first, constants[1]!] : [second, constants[0]]
  const value = importer.find(name)
  if (value === undefined) throw new NoLayer(`its input ${name} is no value of the network`)
  const only = constant.values?.length === 1 ? constant.values[0] : undefined
  return { kind: 'one', value, constant, only } as const
}

/** Scale and offset of the image itself: networks here are given normalised ones. */
function isPreprocessing(importer: GraphImporter, { id, pending }: Value): boolean {
  if (id !== INPUT_ID || (pending !== undefined && pending.step !== 'channels-last')) return false
  importer.notes.add('The file scales its input; here images are normalised by mean and deviation before the network.')
  return true
}

const step = (importer: GraphImporter, node: OnnxNode, { id, shape }: Value, pending: Pending): void =>
  gives(importer, node, { id, shape, pending })

const add: Read = (importer, node) => {
  const found = binary(importer, node)
  if (found.kind === 'two') {
    const inputs = node.inputs.map((name) => importer.plain(name))
    gives(importer, node, importer.layer(node, 'add', {}, inputs))
    return
  }
  const { value, constant, only } = found
  if (isPreprocessing(importer, value)) return gives(importer, node, value)
  if (value.pending?.step === 'erf' && isNear(only, 1)) return step(importer, node, value, { step: 'erf-plus-1' })
  if (value.pending === undefined && isNear(only, 3)) return step(importer, node, value, { step: 'plus-3' })
  // A bias that comes as an addition of its own.
  const kind = importer.kindOf(value.id)
  const features = value.shape[value.shape.length - 1]
  const isVector = constant.dims.reduce((product, side) => product * side, 1) === features
  const takesBias = kind === 'dense' || kind === 'conv2d' || kind === 'depthwise-conv2d'
  if (takesBias && isVector && value.pending === undefined && importer.parametersOf(value.id)['bias'] === false) {
    importer.amend(value.id, { bias: true })
    return gives(importer, node, value)
  }
  throw new NoLayer('it adds a constant')
}

/** What a product of a value and a constant is the next step of. */
function scaled(importer: GraphImporter, node: OnnxNode, value: Value, by: number | undefined): void {
  if (by === undefined) throw new NoLayer('it multiplies by constants')
  const { pending } = value
  const kind = (name: LayerKind): void =>
    gives(importer, node, importer.layer(node, name, {}, [{ id: value.id, shape: value.shape }]))
  if (by === 0 && pending === undefined) return kind('zero')
  if (pending?.step === 'gelu-twice' && isNear(by, 0.5)) return kind('gelu')
  if (pending?.step === 'relu6-of-plus-3' && isNear(by, 1 / 6)) return kind('hard-sigmoid')
  if (pending?.step === 'hard-swish-6' && isNear(by, 1 / 6)) return kind('hard-swish')
  if (pending === undefined && (isNear(by, Math.SQRT1_2) || isNear(by, 0.5)))
    return step(importer, node, value, { step: 'scaled', by })
  throw new NoLayer(`it multiplies by ${by}`)
}

/** The layer that gives `gate` is made of the value itself. */
function isGateOf(importer: GraphImporter, gate: Value, value: Value, kind: LayerKind): boolean {
  const node = importer.nodes.find(({ id }) => id === gate.id)
  return gate.pending === undefined && node?.kind === kind && node.inputs[0] === value.id
}

function product(importer: GraphImporter, node: OnnxNode, a: Value, b: Value): void {
  for (const [value, gate] of [
    [a, b],
    [b, a],
  ] as const) {
    if (value.pending !== undefined && value.pending.step !== 'scaled') continue
    const plain = value.pending === undefined
    const x = { id: value.id, shape: value.shape }
    if (plain && isGateOf(importer, gate, value, 'sigmoid'))
      return gives(importer, node, importer.layer(node, 'silu', {}, [x]))
    if (plain && isGateOf(importer, gate, value, 'hard-sigmoid'))
      return gives(importer, node, importer.layer(node, 'hard-swish', {}, [x]))
    if (gate.id !== value.id) continue
    if (gate.pending?.step === 'erf-plus-1') {
      if (plain) return step(importer, node, value, { step: 'gelu-twice' })
      if (value.pending?.step === 'scaled' && isNear(value.pending.by, 0.5))
        return gives(importer, node, importer.layer(node, 'gelu', {}, [x]))
    }
    if (plain && gate.pending?.step === 'relu6-of-plus-3') return step(importer, node, value, { step: 'hard-swish-6' })
  }
  if (a.pending !== undefined || b.pending !== undefined)
    throw new NoLayer('what comes before it is the beginning of no layer')
  gives(importer, node, importer.layer(node, 'multiply', {}, [a, b]))
}

const multiply: Read = (importer, node) => {
  const found = binary(importer, node)
  if (found.kind === 'two') {
    const [a, b] = found.names.map((name) => importer.find(name))
    if (a === undefined || b === undefined) throw new NoLayer('one of its inputs is no value of the network')
    return product(importer, node, a, b)
  }
  if (isPreprocessing(importer, found.value)) return gives(importer, node, found.value)
  scaled(importer, node, found.value, found.only)
}

const divide: Read = (importer, node) => {
  const found = binary(importer, node)
  if (found.kind === 'two' || importer.constant(node.inputs[0]) !== undefined) throw new NoLayer('it divides values')
  if (isPreprocessing(importer, found.value)) return gives(importer, node, found.value)
  scaled(importer, node, found.value, found.only === undefined ? undefined : 1 / found.only)
}

const subtract: Read = (importer, node) => {
  const found = binary(importer, node)
  if (found.kind === 'two' || importer.constant(node.inputs[0]) !== undefined) throw new NoLayer('it subtracts values')
  if (!isPreprocessing(importer, found.value)) throw new NoLayer('it subtracts a constant')
  gives(importer, node, found.value)
}

const erf: Read = (importer, node) => {
  const value = importer.find(node.inputs[0] ?? '')
  if (value?.pending?.step !== 'scaled' || !isNear(value.pending.by, Math.SQRT1_2))
    throw new NoLayer('it is not part of a GELU')
  step(importer, node, value, { step: 'erf' })
}

const gelu: Read = (importer, node) => {
  if ((node.text('approximate') ?? 'none') !== 'none') throw new NoLayer('it is the approximation by tanh')
  simple('gelu')(importer, node)
}

const concatenate: Read = (importer, node) => {
  const inputs = node.inputs.map((name) => importer.plain(name))
  const axis = node.int('axis') ?? 1
  const channels = inputs[0] !== undefined && isMap(inputs[0].shape) ? [1, -3] : [1, -1]
  if (!channels.includes(axis)) throw new NoLayer(`it joins along axis ${axis}, the layer along the channels`)
  gives(importer, node, inputs.length === 1 ? inputs[0]! : importer.layer(node, 'concatenate', {}, inputs))
}

const dense: Read = (importer, node) => {
  const x = importer.plain(node.inputs[0])
  const dims = importer.constant(node.inputs[1])?.dims
  if (dims?.length !== 2 || isMap(x.shape)) throw new NoLayer('it is no product of features and a constant matrix')
  const isTurned = (node.int('transB') ?? 0) !== 0
  if ((node.int('transA') ?? 0) !== 0 || !isNear(node.float('alpha') ?? 1, 1) || !isNear(node.float('beta') ?? 1, 1))
    throw new NoLayer('it scales or turns its input')
  const features = isTurned ? dims[0]! : dims[1]!
  const bias = (node.inputs[2] ?? '') !== ''
  gives(importer, node, importer.layer(node, 'dense', { features, bias }, [x]))
}

function flat(importer: GraphImporter, node: OnnxNode): void {
  const found = importer.find(node.inputs[0] ?? '')
  const isTurned = found?.pending?.step === 'channels-last'
  const x = isTurned ? { id: found.id, shape: found.shape } : importer.plain(node.inputs[0])
  if (isMap(x.shape) && x.shape[0] * x.shape[1] > 1 && !isTurned)
    importer.notes.add('The file flattens maps with the channels outermost, networks here with the channels innermost.')
  gives(importer, node, isMap(x.shape) ? importer.layer(node, 'flatten', {}, [x]) : x)
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
  const [height, width, channels] = found.shape
  const groups = sizes[1]!
  const isGrouping =
    sizes[2] === channels / groups && sizes.slice(3).reduce((area, side) => area * side, 1) === height * width
  if (found.pending === undefined && groups > 1 && isGrouping)
    return step(importer, node, found, { step: 'grouped', groups })
  if (found.pending?.step === 'shuffled' && sizes.slice(1).join() === [channels, height, width].join()) {
    const x = { id: found.id, shape: found.shape }
    return gives(importer, node, importer.layer(node, 'channel-shuffle', { groups: found.pending.groups }, [x]))
  }
  throw new NoLayer(`it gives the shape [${sizes.join(', ')}]`)
}

const transpose: Read = (importer, node) => {
  const found = importer.find(node.inputs[0] ?? '')
  const perm = node.ints('perm')?.join() ?? ''
  if (found?.pending?.step === 'grouped' && (perm === '0,2,1,3' || perm === '0,2,1,3,4'))
    return step(importer, node, found, { step: 'shuffled', groups: found.pending.groups })
  if (found !== undefined && isMap(found.shape)) {
    if (perm === '0,2,3,1' && found.pending === undefined) return step(importer, node, found, { step: 'channels-last' })
    if (perm === '0,3,1,2' && found.pending?.step === 'channels-last')
      return gives(importer, node, { id: found.id, shape: found.shape })
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
  gives(importer, node, keeps ? average : importer.layer(node, 'flatten', {}, [average]))
}

export const OPERATORS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['Conv', conv],
  ['MaxPool', pool('max-pool')],
  ['AveragePool', pool('average-pool')],
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
  ['Transpose', transpose],
  ['Split', split],
  ['Slice', slice],
  // Nothing happens to a value, or only while training.
  ['Identity', passes],
  ['Dropout', passes],
  ['Cast', passes],
])
