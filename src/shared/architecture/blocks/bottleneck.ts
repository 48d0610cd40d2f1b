// The shared body of the bottleneck blocks of ResNet, ResNeXt, Wide-ResNet and RegNet: 1x1, 3x3 with the stride
// (variant 1.5, as torchvision), 1x1, and a shortcut.
import { INPUT_ID } from '../layer'
import type { GraphBuilder } from './graph-builder'
import { convNorm, residual, squeezeExcitation } from './parts'

interface Bottleneck {
  /** Output channels. */
  readonly width: number
  /** Channels of the 3x3 convolution; a multiple of `groups`. */
  readonly inner: number
  readonly groups?: number
  readonly stride: number
  /** Channels inside a squeeze-excitation behind the 3x3 convolution; absent for none. */
  readonly squeezed?: number
}

/** Adds the block's layers and returns the output's id. */
export function bottleneck(graph: GraphBuilder, options: Bottleneck): string {
  const { width, inner, groups = 1, stride, squeezed } = options
  const narrow = convNorm(graph, 'reduce', INPUT_ID, { channels: inner, activation: 'relu' })
  const filtered = convNorm(graph, 'main', narrow, { channels: inner, kernel: 3, stride, groups, activation: 'relu' })
  const scaled =
    squeezed === undefined ? filtered : squeezeExcitation(graph, 'gate', filtered, { squeezed, activation: 'relu' })
  return residual(graph, convNorm(graph, 'expand', scaled, { channels: width }), stride)
}
