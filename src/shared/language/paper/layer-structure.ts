// A layer as the paper's language sees it (Table I), made relative: sizes and channels only as ratios of output to
// input, padding implied by them, ids and connections left out. Two layers of one structure are one token.
import { channelsOf, type LayerNode, type ParameterValues, type TensorShape } from '../../architecture/layer'

export interface LayerStructure {
  /** Kind of the catalogue; its family gives the paper's class (conv, pooling, dense, other). */
  readonly kind: string
  readonly kernel?: readonly [number, number]
  /** Larger of the two steps. */
  readonly stride?: number
  readonly dilation?: number
  /** 1, or how many groups an ordinary convolution has. */
  readonly groups?: number
  /** Output channels (features) over input channels. */
  readonly ratio?: number
  readonly isBiased?: boolean
}

const pair = (parameters: ParameterValues, name: string): readonly [number, number] => {
  const value = parameters[name]
  return Array.isArray(value) ? [Number(value[0]), Number(value[1])] : [1, 1]
}

/** @param inputs shapes of the layer's inputs; @param output its own shape. Parameters are complete. */
export function structureOf(
  node: Pick<LayerNode, 'kind' | 'parameters'>,
  inputs: readonly TensorShape[],
  output: TensorShape,
): LayerStructure {
  const { kind, parameters } = node
  const ratio = channelsOf(output) / Math.max(1, channelsOf(inputs[0] ?? output))
  const kernel = pair(parameters, 'kernel')
  const stride = Math.max(...pair(parameters, 'stride'))
  const dilation = Number(parameters.dilation ?? 1)
  switch (kind) {
    case 'conv2d': {
      const groups = Number(parameters.groups ?? 1)
      return { kind, kernel, stride, dilation, groups, ratio, isBiased: parameters.bias === true }
    }
    case 'depthwise-conv2d':
      return { kind, kernel, stride, dilation }
    case 'max-pool':
    case 'average-pool':
      return { kind, kernel, stride }
    case 'dense':
      return { kind, ratio }
    default:
      return { kind }
  }
}

/**
 * How unlike two structures are; infinite between kinds. Ratios and kernels count in octaves, so that 1/2 and 2 are
 * equally far from 1. Weights: a wrong stride changes every later size and costs most; a wrong bias least.
 */
export function structureDistance(first: LayerStructure, second: LayerStructure): number {
  if (first.kind !== second.kind) return Number.POSITIVE_INFINITY
  const octaves = (a = 1, b = 1): number => Math.abs(Math.log2(a / b))
  const [firstKernel, secondKernel] = [first.kernel ?? [1, 1], second.kernel ?? [1, 1]]
  const kernel = octaves(firstKernel[0], secondKernel[0]) + octaves(firstKernel[1], secondKernel[1])
  const isGroupedDifferently = (first.groups ?? 1) > 1 !== (second.groups ?? 1) > 1
  return (
    8 * octaves(first.stride, second.stride) +
    4 * (isGroupedDifferently ? 1 : 0) +
    2 * kernel +
    2 * ((first.dilation ?? 1) > 1 === (second.dilation ?? 1) > 1 ? 0 : 1) +
    octaves(first.ratio, second.ratio) +
    0.5 * octaves(first.groups, second.groups) +
    (first.isBiased === second.isBiased ? 0 : 0.5)
  )
}
