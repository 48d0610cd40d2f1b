// Convolutions as stock layers. tf.layers.conv2d ignores `groups` and tf.layers.depthwiseConv2d ignores dilation, both
// without a word: neither option is ever written; groups become depthwise, block-diagonal or sliced convolutions.
import { convolutionWindow } from '@shared/architecture/catalogue/conv2d'
import { flagOf, numberOf } from '@shared/architecture/catalogue/parameter-values'
import { mapOf, windowCount } from '@shared/architecture/catalogue/window'
import type { LayerNode } from '@shared/architecture/layer'
import { BLOCK_DIAGONAL_LIMIT, blockDiagonal, groupKernel, spreadKernel, spreadRule, type Kernel } from '../kernels'
import type { RoundedArray } from '../rounding'
import { padForWindow } from './padding'
import { concatenate, kernelConfig, sliceChannels } from './pieces'
import type { LayerWeights, TopologyBuilder, Value } from './topology'

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
  const rule = spreadRule({ dilation, ...rest })
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
  array: (role: string) => RoundedArray,
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
    const depthwise = { ...kernel, shape }
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
  array: (role: string) => RoundedArray,
): Value {
  const { dilation, input, window } = setUp(builder, node, given)
  const bias = flagOf(node.parameters, 'bias') ? array('bias').values : null
  const kernel = spreadKernel(array('kernel'), dilation)
  return addLayer(builder, node.id, input, { className: 'DepthwiseConv2D', kernel, bias, window })
}
