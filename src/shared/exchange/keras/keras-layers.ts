// Every layer of Keras that is a layer of ours, or several. What lies between raw pixels and the network is keras-scaling.ts's.
import type { LayerKind } from '../../architecture/catalogue'
import { isMap } from '../../architecture/catalogue/window'
import { channelsOf } from '../../architecture/layer'
import { batchNormValues, epsilonNote } from '../imported/batch-norm-values'
import { field, listAt, numberAt, pairAt, textAt } from '../imported/json'
import { NoLayer, type BuiltValue, type LayerValues } from '../imported/network-builder'
import { isNeverNegative } from '../imported/not-negative'
import { paddedWindow, type FoundWindow, type WindowUse } from '../imported/padded-window'
import type { KerasCall } from './keras-graph'
import {
  isOnePosition,
  nameOf,
  NO_PADS,
  rateOf,
  refuseChannelsFirst,
  type KerasImporter,
  type KerasValue,
} from './keras-importer'
import { normalization, rescaling } from './keras-scaling'

type Read = (importer: KerasImporter, call: KerasCall) => KerasValue

const ACTIVATIONS: ReadonlyMap<string, LayerKind> = new Map<string, LayerKind>([
  ['relu', 'relu'],
  ['relu6', 'relu6'],
  ['sigmoid', 'sigmoid'],
  ['tanh', 'tanh'],
  ['softmax', 'softmax'],
  ['swish', 'silu'],
  ['silu', 'silu'],
  ['gelu', 'gelu'],
  ['hard_sigmoid', 'hard-sigmoid'],
  ['hard_swish', 'hard-swish'],
  ['hard_silu', 'hard-swish'],
])

/** An activation by name, or as the object that newer versions write. */
function activationOf(config: unknown, name = 'activation'): string {
  const given = field(config, name)
  if (typeof given === 'string') return given
  const within = textAt(given, 'config') ?? textAt(field(given, 'config'), 'name') ?? textAt(given, 'class_name')
  return within ?? 'linear'
}

/** @throws NoLayer for an activation that is no layer here */
function activated(importer: KerasImporter, call: KerasCall, x: KerasValue, name: string): KerasValue {
  if (name === 'linear') return x
  const kind = ACTIVATIONS.get(name)
  if (kind === undefined) throw new NoLayer(`its activation ${name.slice(0, 60)} is no layer here`)
  // Keras 2 and tfjs have x/5 + 1/2.
  if (kind === 'hard-sigmoid' && importer.kerasVersion < 3)
    throw new NoLayer('its hard sigmoid has the slope 1/5, the layer here 1/6')
  return keep(x, importer.add(`${nameOf(call)}.${name}`, kind, {}, [x]))
}

/** What is done to each element leaves it what it is: features stay features. */
const keep = (x: KerasValue, value: BuiltValue): KerasValue => ({
  ...value,
  ...(x.isFlat === true && { isFlat: true }),
})

const kindOf =
  (kind: LayerKind): Read =>
  (importer, call) => {
    const x = importer.plain(call)
    return keep(x, importer.add(nameOf(call), kind, {}, [x]))
  }

/** Only while training, or nothing at all. */
const passes: Read = (importer, call) => importer.plain(call)

/** The window with what a ZeroPadding2D before it has added. @throws NoLayer */
function windowOf(
  x: KerasValue,
  call: KerasCall,
  kernelName: string,
  strideName: string,
  use: WindowUse = { isPooling: false },
): FoundWindow {
  refuseChannelsFirst(call)
  const kernel = pairAt(call.config, kernelName)
  const stride = pairAt(call.config, strideName) ?? (kernelName === 'pool_size' ? kernel : ([1, 1] as const))
  const [dilation, other] = pairAt(call.config, 'dilation_rate') ?? [1, 1]
  if (kernel === undefined || stride === undefined) throw new NoLayer('its window is not two-dimensional')
  if (dilation !== other) throw new NoLayer('its dilation differs between the axes')
  if (!isMap(x.shape)) throw new NoLayer('it needs a map and is given features')
  const rule = { kernel, stride, dilation }
  if (textAt(call.config, 'padding') === 'same') {
    if (x.pads !== undefined) throw new NoLayer('zeros are put around the map before a window that pads itself')
    return { ...rule, padding: 'same', ceil: false }
  }
  const found = paddedWindow(x.shape, rule, x.pads ?? NO_PADS, use)
  if ('reason' in found) throw new NoLayer(found.reason)
  return found
}

const bare = ({ id, shape }: KerasValue): BuiltValue => ({ id, shape })
const usesBias = ({ config }: KerasCall): boolean => field(config, 'use_bias') !== false

const conv: Read = (importer, call) => {
  const x = importer.raw(call)
  const { kernel, stride, padding, dilation } = windowOf(x, call, 'kernel_size', 'strides')
  const channels = numberAt(call.config, 'filters') ?? 0
  const groups = numberAt(call.config, 'groups') ?? 1
  const bias = usesBias(call)
  const values = {
    kernel: importer.variable(call, 'kernel', 0),
    ...(bias && { bias: importer.variable(call, 'bias', 1) }),
  }
  const parameters = { channels, kernel, stride, padding, dilation, groups, bias }
  return activated(
    importer,
    call,
    importer.add(nameOf(call), 'conv2d', parameters, [bare(x)], values),
    activationOf(call.config),
  )
}

const depthwise: Read = (importer, call) => {
  const x = importer.raw(call)
  const { kernel, stride, padding, dilation } = windowOf(x, call, 'kernel_size', 'strides')
  const multiplier = numberAt(call.config, 'depth_multiplier') ?? 1
  const bias = usesBias(call)
  const values = {
    kernel: () =>
      importer.valuesOf(importer.weights.find(call, 'depthwise_kernel', 0) ?? importer.weights.find(call, 'kernel', 0)),
    ...(bias && { bias: importer.variable(call, 'bias', 1) }),
  }
  const parameters = { kernel, stride, padding, dilation, multiplier, bias }
  const value = importer.add(nameOf(call), 'depthwise-conv2d', parameters, [bare(x)], values)
  return activated(importer, call, value, activationOf(call.config))
}

/** A depthwise convolution and one that mixes the channels. */
const separable: Read = (importer, call) => {
  const x = importer.raw(call)
  const { kernel, stride, padding, dilation } = windowOf(x, call, 'kernel_size', 'strides')
  const multiplier = numberAt(call.config, 'depth_multiplier') ?? 1
  const spatial = importer.add(
    `${nameOf(call)}.depthwise`,
    'depthwise-conv2d',
    { kernel, stride, padding, dilation, multiplier, bias: false },
    [bare(x)],
    { kernel: importer.variable(call, 'depthwise_kernel', 0) },
  )
  const bias = usesBias(call)
  const mixed = importer.add(
    `${nameOf(call)}.pointwise`,
    'conv2d',
    { channels: numberAt(call.config, 'filters') ?? 0, kernel: [1, 1], stride: [1, 1], padding: 'none', bias },
    [spatial],
    {
      kernel: importer.variable(call, 'pointwise_kernel', 1),
      ...(bias && { bias: importer.variable(call, 'bias', 2) }),
    },
  )
  return activated(importer, call, mixed, activationOf(call.config))
}

/** On a map, and where the features become one again, it is a convolution of one position. */
const dense: Read = (importer, call) => {
  const x = importer.plain(call)
  const units = numberAt(call.config, 'units') ?? 0
  const bias = usesBias(call)
  const values: LayerValues = {
    kernel: importer.variable(call, 'kernel', 0),
    ...(bias && { bias: importer.variable(call, 'bias', 1) }),
  }
  const isPosition = isMap(x.shape) && (x.isFlat !== true || importer.hasMapsAgain)
  const value = isPosition
    ? keep(
        x,
        importer.add(
          nameOf(call),
          'conv2d',
          { channels: units, kernel: [1, 1], stride: [1, 1], padding: 'none', bias },
          [x],
          values,
        ),
      )
    : importer.add(nameOf(call), 'dense', { features: units, bias }, [importer.features(nameOf(call), x)], values)
  return activated(importer, call, value, activationOf(call.config))
}

const batchNorm: Read = (importer, call) => {
  const x = importer.plain(call)
  const axis = field(call.config, 'axis')
  const last = Array.isArray(axis) ? Number(axis[0]) : Number(axis ?? -1)
  const rank = x.isFlat === true || !isMap(x.shape) ? 2 : 4
  if (last !== -1 && last !== rank - 1) throw new NoLayer(`it runs over axis ${last}, the layer over the channels`)
  const [hasScale, hasCenter] = [field(call.config, 'scale') !== false, field(call.config, 'center') !== false]
  const [beta, mean] = [Number(hasScale), Number(hasScale) + Number(hasCenter)]
  const epsilon = numberAt(call.config, 'epsilon') ?? 1e-3
  const note = epsilonNote(epsilon)
  if (note !== undefined) importer.notes.add(note)
  const values = batchNormValues({
    gamma: hasScale ? importer.variable(call, 'gamma', 0) : undefined,
    beta: hasCenter ? importer.variable(call, 'beta', beta) : undefined,
    mean: importer.variable(call, 'moving_mean', mean),
    variance: importer.variable(call, 'moving_variance', mean + 1),
    epsilon,
    channels: channelsOf(x.shape),
  })
  return keep(x, importer.add(nameOf(call), 'batch-norm', {}, [x], values))
}

const pool =
  (kind: 'max-pool' | 'average-pool'): Read =>
  (importer, call) => {
    const x = importer.raw(call)
    // Behind what gives no negative value a zero is as good as nothing.
    if (x.pads !== undefined && kind === 'max-pool' && !isNeverNegative(importer.kindOf(x.id)))
      throw new NoLayer('zeros are put around the map before a maximum')
    const counts = kind === 'average-pool' && x.pads !== undefined
    const { kernel, stride, padding, ceil } = windowOf(x, call, 'pool_size', 'strides', {
      isPooling: true,
      isExact: counts,
    })
    const parameters = { kernel, stride, padding, ceil, ...(kind === 'average-pool' && { countPadding: counts }) }
    return importer.add(nameOf(call), kind, parameters, [bare(x)])
  }

const keeps = ({ config }: KerasCall): { isFlat?: true } => (field(config, 'keepdims') === true ? {} : { isFlat: true })

const globalAverage: Read = (importer, call) => {
  refuseChannelsFirst(call)
  return { ...importer.add(nameOf(call), 'global-average-pool', {}, [importer.map(call)]), ...keeps(call) }
}
const globalMax: Read = (importer, call) => {
  refuseChannelsFirst(call)
  const x = importer.map(call)
  const kernel = [x.shape[0], x.shape[1]] as const
  const parameters = { kernel, stride: kernel, padding: 'none', ceil: false }
  return { ...importer.add(nameOf(call), 'max-pool', parameters, [x]), ...keeps(call) }
}

const flatten: Read = (importer, call) => {
  refuseChannelsFirst(call)
  const x = importer.plain(call)
  if (!isMap(x.shape) || x.isFlat === true) return x
  if (x.shape[0] * x.shape[1] === 1) return { ...x, isFlat: true }
  return importer.add(nameOf(call), 'flatten', {}, [x])
}

const reshape: Read = (importer, call) => {
  const x = importer.plain(call)
  const target = listAt(call.config, 'target_shape')
  if (target.length === 1) {
    if (!isMap(x.shape) || x.isFlat === true) return x
    return importer.add(nameOf(call), 'flatten', {}, [x])
  }
  if (isOnePosition(call.config) && isMap(x.shape) && x.shape[0] * x.shape[1] === 1) return bare(x)
  throw new NoLayer(`it gives the shape [${target.slice(0, 6).map(String).join(', ')}]`)
}

const zeroPadding: Read = (importer, call) => {
  refuseChannelsFirst(call)
  const x = importer.map(call)
  const given = field(call.config, 'padding')
  const both = (value: unknown): readonly number[] =>
    Array.isArray(value) ? value.map(Number) : [Number(value), Number(value)]
  const [rows, columns] = Array.isArray(given) ? [both(given[0]), both(given[1])] : [both(given), both(given)]
  const pads = [rows[0], columns[0], rows[1], columns[1]].map((pad) => pad ?? 0)
  if (!pads.every((pad) => Number.isSafeInteger(pad) && pad >= 0)) throw new NoLayer('its padding is no whole number')
  return { ...bare(x), pads }
}

const merge =
  (kind: 'add' | 'multiply' | 'concatenate'): Read =>
  (importer, call) => {
    const inputs = call.inputs.map((_, at) => importer.plain(call, at))
    const rank = isMap(inputs[0]?.shape ?? [1]) && inputs[0]?.isFlat !== true ? 4 : 2
    const axis = numberAt(call.config, 'axis') ?? -1
    if (kind === 'concatenate' && axis !== -1 && axis !== rank - 1)
      throw new NoLayer(`it joins along axis ${axis}, the layer along the channels`)
    const isFlat = inputs.every((input) => input.isFlat === true)
    if (isFlat || inputs.every((input) => input.isFlat !== true))
      return { ...importer.add(nameOf(call), kind, {}, inputs), ...(isFlat && { isFlat: true }) }
    return importer.add(
      nameOf(call),
      kind,
      {},
      inputs.map((input, at) => importer.features(`${nameOf(call)}.${at}`, input)),
    )
  }

const reluLayer: Read = (importer, call) => {
  const [max, slope, threshold] = [
    numberAt(call.config, 'max_value'),
    numberAt(call.config, 'negative_slope') ?? 0,
    numberAt(call.config, 'threshold') ?? 0,
  ]
  if (slope !== 0 || threshold !== 0 || (max !== undefined && max !== 6))
    throw new NoLayer(`it has the slope ${slope}, the threshold ${threshold} and the limit ${max ?? 'none'}`)
  return kindOf(max === 6 ? 'relu6' : 'relu')(importer, call)
}

const softmaxLayer: Read = (importer, call) => {
  const axis = field(call.config, 'axis') ?? -1
  if (axis !== -1) throw new NoLayer('it does not run over the channels')
  return kindOf('softmax')(importer, call)
}

const dropout: Read = (importer, call) => {
  const x = importer.plain(call)
  return keep(x, importer.add(nameOf(call), 'dropout', { rate: rateOf(call) }, [x]))
}

/** Changes images while a network is trained. */
const augmentation: Read = (importer, call) => {
  importer.notes.add(
    'What the file does to images while it is trained is left out: a recipe here has its own augmentation.',
  )
  return importer.plain(call)
}

export const KERAS_LAYERS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['Conv2D', conv],
  ['Convolution2D', conv],
  ['DepthwiseConv2D', depthwise],
  ['SeparableConv2D', separable],
  ['Dense', dense],
  ['BatchNormalization', batchNorm],
  ['Activation', (importer, call) => activated(importer, call, importer.plain(call), activationOf(call.config))],
  ['ReLU', reluLayer],
  ['Softmax', softmaxLayer],
  ['MaxPooling2D', pool('max-pool')],
  ['AveragePooling2D', pool('average-pool')],
  ['GlobalAveragePooling2D', globalAverage],
  ['GlobalMaxPooling2D', globalMax],
  ['Flatten', flatten],
  ['Reshape', reshape],
  ['ZeroPadding2D', zeroPadding],
  ['Add', merge('add')],
  ['Multiply', merge('multiply')],
  ['Concatenate', merge('concatenate')],
  ['Dropout', dropout],
  ['Rescaling', rescaling],
  ['Normalization', normalization],
  ...['SpatialDropout2D', 'GaussianDropout', 'GaussianNoise', 'AlphaDropout', 'ActivityRegularization', 'Identity'].map(
    (name): [string, Read] => [name, passes],
  ),
  ...['RandomFlip', 'RandomRotation', 'RandomZoom', 'RandomTranslation', 'RandomContrast', 'RandomBrightness'].map(
    (name): [string, Read] => [name, augmentation],
  ),
])
