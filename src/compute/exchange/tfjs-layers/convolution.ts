// Convolutions as stock layers. tf.layers.conv2d ignores `groups` and tf.layers.depthwiseConv2d ignores dilation, both
// without a word: neither option is ever written; groups become depthwise, block-diagonal or sliced convolutions.
import { convolutionWindow } from '@shared/architecture/catalogue/conv2d'
import { flagOf, numberOf } from '@shared/architecture/catalogue/parameter-values'
import { mapOf, windowCount, type WindowRule } from '@shared/architecture/catalogue/window'
import type { LayerNode } from '@shared/architecture/layer'
import { elementCount } from '@shared/element-count'
import type { NamedArray } from '../../networks/weights'
import { padForWindow } from './padding'
import { concatenate, kernelConfig, sliceChannels } from './pieces'
import type { LayerWeights, TopologyBuilder, Value } from './topology'

interface Kernel {
  readonly shape: readonly number[]
  readonly values: Float32Array
}

/**
 * A grouped kernel is written as one kernel with zeros outside the diagonal blocks up to this many values (4 MiB);
 * beyond it as one convolution per group, which costs layers instead of bytes. Chosen as the size of one weight shard.
 */
const BLOCK_DIAGONAL_LIMIT = 1024 * 1024

/** `kernel` `[height, width, ...]` with zeros between its rows and columns: the same sums as a dilated convolution. */
function spreadKernel(kernel: Kernel, dilation: number): Kernel {
  if (dilation === 1) return kernel
  const [height, width, ...rest] = kernel.shape as [number, number, ...number[]]
  const inner = elementCount(rest)
  const wide = dilation * (width - 1) + 1
  const shape = [dilation * (height - 1) + 1, wide, ...rest]
  const values = new Float32Array(elementCount(shape))
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * inner
      values.set(kernel.values.subarray(from, from + inner), (y * dilation * wide + x * dilation) * inner)
    }
  return { shape, values }
}

/** Grouped kernel `[height, width, inputs per group, outputs]` as an ordinary one `[height, width, inputs, outputs]`. */
export function blockDiagonal(kernel: Kernel, groups: number): Kernel {
  const [height, width, groupInputs, outputs] = kernel.shape as [number, number, number, number]
  const groupOutputs = outputs / groups
  const inputs = groupInputs * groups
  const values = new Float32Array(height * width * inputs * outputs)
  for (let position = 0; position < height * width; position++)
    for (let input = 0; input < inputs; input++) {
      const group = Math.floor(input / groupInputs)
      const from = (position * groupInputs + (input % groupInputs)) * outputs + group * groupOutputs
      const to = (position * inputs + input) * outputs + group * groupOutputs
      values.set(kernel.values.subarray(from, from + groupOutputs), to)
    }
  return { shape: [height, width, inputs, outputs], values }
}

/** The kernel of one group, `[height, width, inputs per group, outputs per group]`. */
function groupKernel(kernel: Kernel, groups: number, group: number): Kernel {
  const [height, width, groupInputs, outputs] = kernel.shape as [number, number, number, number]
  const groupOutputs = outputs / groups
  const rows = height * width * groupInputs
  const values = new Float32Array(rows * groupOutputs)
  for (let row = 0; row < rows; row++) {
    const from = row * outputs + group * groupOutputs
    values.set(kernel.values.subarray(from, from + groupOutputs), row * groupOutputs)
  }
  return { shape: [height, width, groupInputs, groupOutputs], values }
}

interface LayerOptions {
  readonly className?: 'Conv2D' | 'DepthwiseConv2D'
  readonly kernel: Kernel
  readonly bias: Float32Array | null
  readonly window: {
    readonly stride: readonly [number, number]
    readonly padding: 'same' | 'valid'
    /** Height and width of the output. */
    readonly map: readonly [number, number]
  }
}

/** One convolution layer on an input that needs no more explicit padding. */
function addLayer(
  builder: TopologyBuilder,
  hint: string,
  input: Value,
  { className = 'Conv2D', kernel, bias, window }: LayerOptions,
): Value {
  const [height, width, inputs, last] = kernel.shape as [number, number, number, number]
  const isDepthwise = className === 'DepthwiseConv2D'
  const channels = isDepthwise ? inputs * last : last
  const weights: LayerWeights = {
    [isDepthwise ? 'depthwise_kernel' : 'kernel']: kernel,
    ...(bias ? { bias: { shape: [channels], values: bias } } : {}),
  }
  const config = {
    ...kernelConfig(bias !== null),
    ...(isDepthwise ? { depth_multiplier: last } : { filters: last }),
    kernel_size: [height, width],
    strides: window.stride,
    padding: window.padding,
    data_format: 'channels_last',
    dilation_rate: [1, 1],
  }
  return builder.add(className, hint, [input], [...window.map, channels], config, weights)
}

function setUp(builder: TopologyBuilder, node: LayerNode, input: Value) {
  const { dilation, ...rest } = convolutionWindow(node.parameters)
  const extent = (size: number): number => dilation * (size - 1) + 1
  const rule: WindowRule = { ...rest, kernel: [extent(rest.kernel[0]), extent(rest.kernel[1])], dilation: 1 }
  const [height, width] = mapOf(input.shape)
  const map: [number, number] = [windowCount(height, rule, 0), windowCount(width, rule, 1)]
  const padded = padForWindow(builder, node.id, input, rule)
  return { dilation, input: padded.input, window: { stride: rule.stride, padding: padded.padding, map } }
}

/** @param array of the node by role: `kernel`, and `bias` where the node has one */
export function convolution(
  builder: TopologyBuilder,
  node: LayerNode,
  given: Value,
  array: (role: string) => NamedArray,
): Value {
  const groups = numberOf(node.parameters, 'groups')
  const { dilation, input, window } = setUp(builder, node, given)
  const kernel = spreadKernel(array('kernel'), dilation)
  const bias = flagOf(node.parameters, 'bias') ? array('bias').values : null
  if (groups === 1) return addLayer(builder, node.id, input, { kernel, bias, window })

  const [height, width, groupInputs, outputs] = kernel.shape as [number, number, number, number]
  const inputs = groupInputs * groups
  if (groupInputs === 1) {
    // Output o of group g is g * multiplier + o: the depthwise order, so the same numbers in the same place.
    const shape = [height, width, inputs, outputs / groups]
    const depthwise = { shape, values: kernel.values }
    return addLayer(builder, node.id, input, { className: 'DepthwiseConv2D', kernel: depthwise, bias, window })
  }
  if (height * width * inputs * outputs <= BLOCK_DIAGONAL_LIMIT)
    return addLayer(builder, node.id, input, { kernel: blockDiagonal(kernel, groups), bias, window })

  const groupOutputs = outputs / groups
  const parts = Array.from({ length: groups }, (_, group) => {
    const hint = `${node.id}.group${group}`
    const slice = sliceChannels(builder, `${hint}.slice`, input, group * groupInputs, (group + 1) * groupInputs)
    const part = bias?.slice(group * groupOutputs, (group + 1) * groupOutputs) ?? null
    return addLayer(builder, hint, slice, { kernel: groupKernel(kernel, groups, group), bias: part, window })
  })
  return concatenate(builder, node.id, parts)
}

/** @see convolution */
export function depthwiseConvolution(
  builder: TopologyBuilder,
  node: LayerNode,
  given: Value,
  array: (role: string) => NamedArray,
): Value {
  const { dilation, input, window } = setUp(builder, node, given)
  const bias = flagOf(node.parameters, 'bias') ? array('bias').values : null
  const kernel = spreadKernel(array('kernel'), dilation)
  return addLayer(builder, node.id, input, { className: 'DepthwiseConv2D', kernel, bias, window })
}
