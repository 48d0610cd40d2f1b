// Pieces that several blocks are made of: convolution with normalisation and activation, padding, group counts.
import type { LayerKind } from '../catalogue'
import { INPUT_ID } from '../layer'
import type { GraphBuilder } from './graph-builder'

/**
 * Padding that keeps ceil(size / stride) positions for every kernel: `half` for odd ones as in torchvision,
 * `same` for even ones, which have no centre.
 */
export const centredPadding = (kernel: number): 'half' | 'same' => (kernel % 2 === 1 ? 'half' : 'same')

/** The largest number of groups up to `wanted` that divides all `channels`: how a block adapts to any input width. */
export function fittingGroups(wanted: number, ...channels: readonly number[]): number {
  let groups = Math.max(1, Math.floor(wanted))
  while (channels.some((count) => count % groups !== 0)) groups--
  return groups
}

interface ConvNorm {
  readonly channels: number
  readonly kernel?: number
  readonly stride?: number
  readonly groups?: number
  /** Absent: no activation behind the normalisation. */
  readonly activation?: LayerKind | undefined
}

/** Convolution without bias, batch-norm, and the activation if any; ids `<id>.conv`, `.norm`, `.activation`. */
export function convNorm(graph: GraphBuilder, id: string, from: string, options: ConvNorm): string {
  const { channels, kernel = 1, stride = 1, groups = 1 } = options
  const conv = graph.layer(
    `${id}.conv`,
    'conv2d',
    { channels, kernel: [kernel, kernel], stride: [stride, stride], padding: centredPadding(kernel), groups },
    from,
  )
  return normalised(graph, id, conv, options.activation)
}

interface DepthwiseNorm {
  readonly kernel: number
  readonly stride: number
  readonly activation?: LayerKind
}

/** As `convNorm`, with a depthwise convolution. */
export function depthwiseNorm(graph: GraphBuilder, id: string, from: string, options: DepthwiseNorm): string {
  const { kernel, stride } = options
  const conv = graph.layer(
    `${id}.conv`,
    'depthwise-conv2d',
    { kernel: [kernel, kernel], stride: [stride, stride], padding: centredPadding(kernel) },
    from,
  )
  return normalised(graph, id, conv, options.activation)
}

function normalised(graph: GraphBuilder, id: string, from: string, activation: LayerKind | undefined): string {
  const norm = graph.layer(`${id}.norm`, 'batch-norm', {}, from)
  return activation === undefined ? norm : graph.layer(`${id}.activation`, activation, {}, norm)
}

/**
 * Adds the block's input to `branch`, through a 1x1 projection with batch-norm where the shape changes
 * (option B of He et al. 2016, as torchvision), and applies a last ReLU.
 */
export function residual(graph: GraphBuilder, branch: string, stride: number): string {
  const channels = graph.channelsOf(branch)
  const hasProjection = stride !== 1 || graph.channelsOf(INPUT_ID) !== channels
  const shortcut = hasProjection ? convNorm(graph, 'shortcut', INPUT_ID, { channels, stride }) : INPUT_ID
  const sum = graph.layer('add', 'add', {}, [branch, shortcut])
  return graph.layer('activation', 'relu', {}, sum)
}

interface Squeeze {
  readonly squeezed: number
  readonly activation: LayerKind
}

/**
 * Squeeze-excitation (Hu et al. 2018) behind `from`: channel means, two 1x1 convolutions with bias, a sigmoid gate.
 * @param options.squeezed channels between the two convolutions.
 */
export function squeezeExcitation(graph: GraphBuilder, id: string, from: string, options: Squeeze): string {
  const pointwise = (channels: number) => ({ channels, kernel: [1, 1] as const, bias: true })
  const mean = graph.layer(`${id}.mean`, 'global-average-pool', {}, from)
  const squeeze = graph.layer(`${id}.squeeze`, 'conv2d', pointwise(options.squeezed), mean)
  const active = graph.layer(`${id}.activation`, options.activation, {}, squeeze)
  const excite = graph.layer(`${id}.excite`, 'conv2d', pointwise(graph.channelsOf(from)), active)
  const gate = graph.layer(`${id}.gate`, 'sigmoid', {}, excite)
  return graph.layer(`${id}.scale`, 'multiply', {}, [from, gate])
}
