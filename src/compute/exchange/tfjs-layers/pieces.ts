// Exact forms, in stock layers, of what Keras has no layer for: slices of channels, scale and offset per channel or per
// position. Every one is a rearrangement or x * scale + offset; none rounds more than the operation it stands for.
import { mapOf } from '@shared/architecture/catalogue/window'
import { ZEROS, type TopologyBuilder, type Value } from './topology'
import { lastAxisOf } from '../../tensorflow/shape'

const filled = (length: number, value: number): Float32Array => new Float32Array(length).fill(value)

/**
 * x * scale + offset along the last axis: a batch normalisation whose statistics are fixed.
 * With mean 0, variance 1 and epsilon 0 nothing else happens to x.
 */
export function lastAxisAffine(
  builder: TopologyBuilder,
  hint: string,
  input: Value,
  scale: Float32Array,
  offset: Float32Array,
): Value {
  const length = scale.length
  const array = (values: Float32Array): { shape: number[]; values: Float32Array } => ({ shape: [length], values })
  return builder.add(
    'BatchNormalization',
    hint,
    [input],
    input.shape,
    { axis: -1, epsilon: 0, center: true, scale: true },
    {
      gamma: array(scale),
      beta: array(offset),
      moving_mean: array(filled(length, 0)),
      moving_variance: array(filled(length, 1)),
    },
  )
}

/** The same scale and offset for every channel. */
export function uniformAffine(
  builder: TopologyBuilder,
  hint: string,
  input: Value,
  scale: number,
  offset: number,
): Value {
  const channels = lastAxisOf(input.shape)
  return lastAxisAffine(builder, hint, input, filled(channels, scale), filled(channels, offset))
}

export function reshape(builder: TopologyBuilder, hint: string, input: Value, shape: readonly number[]): Value {
  return builder.add('Reshape', hint, [input], shape, { target_shape: shape })
}

/** @param axes from 1, the batch being 0 */
export function permute(builder: TopologyBuilder, hint: string, input: Value, axes: readonly number[]): Value {
  return builder.add(
    'Permute',
    hint,
    [input],
    axes.map((axis) => input.shape[axis - 1]!),
    { dims: axes },
  )
}

/**
 * x * scale + offset with one scale and offset per position of the map, the same for all channels.
 * tfjs's CPU kernel is wrong for a batch normalisation along any axis but the last, so positions are moved there and back.
 * @param scale, offset `[height * width]`
 */
export function positionAffine(
  builder: TopologyBuilder,
  hint: string,
  input: Value,
  scale: Float32Array,
  offset: Float32Array,
): Value {
  const [height, width, channels] = mapOf(input.shape)
  const channelsFirst = permute(builder, `${hint}.channels-first`, input, [3, 1, 2])
  const rows = reshape(builder, `${hint}.rows`, channelsFirst, [channels, height * width])
  const scaled = lastAxisAffine(builder, `${hint}.scaled`, rows, scale, offset)
  const map = reshape(builder, `${hint}.map`, scaled, [channels, height, width])
  return permute(builder, hint, map, [2, 3, 1])
}

/**
 * Channels `[from, to)` of a map. A cropping in channels-first order crops the last two axes, and the middle one by nothing.
 */
export function sliceChannels(builder: TopologyBuilder, hint: string, input: Value, from: number, to: number): Value {
  const [height, width, channels] = mapOf(input.shape)
  if (from === 0 && to === channels) return input
  return builder.add('Cropping2D', hint, [input], [height, width, to - from], {
    cropping: [
      [0, 0],
      [from, channels - to],
    ],
    data_format: 'channels_first',
  })
}

/** Zeros around a map; the input itself where none are asked for. */
export function zeroPad(
  builder: TopologyBuilder,
  hint: string,
  input: Value,
  rows: readonly [number, number],
  columns: readonly [number, number],
): Value {
  if (rows[0] + rows[1] + columns[0] + columns[1] === 0) return input
  const [height, width, channels] = mapOf(input.shape)
  const shape = [height + rows[0] + rows[1], width + columns[0] + columns[1], channels]
  return builder.add('ZeroPadding2D', hint, [input], shape, { padding: [rows, columns], data_format: 'channels_last' })
}

export function concatenate(builder: TopologyBuilder, hint: string, inputs: readonly Value[]): Value {
  const first = inputs[0]!
  const channels = inputs.reduce((sum, { shape }) => sum + lastAxisOf(shape), 0)
  return builder.add('Concatenate', hint, inputs, [...first.shape.slice(0, -1), channels], { axis: -1 })
}

export function activation(builder: TopologyBuilder, hint: string, input: Value, name: string): Value {
  return builder.add('Activation', hint, [input], input.shape, { activation: name })
}

/** Dense or convolution weights with an optional bias, as Keras names them. */
export function kernelConfig(hasBias: boolean): Readonly<Record<string, unknown>> {
  return {
    use_bias: hasBias,
    activation: 'linear',
    kernel_initializer: ZEROS,
    bias_initializer: ZEROS,
    depthwise_initializer: ZEROS,
  }
}
