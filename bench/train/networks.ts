// The networks of bench:train as layer graphs: one definition that both sides build. Padding is TensorFlow's SAME, so that the
// peer needs no layers of its own for it; the random chain keeps what our space proposes.
import { BUILT_IN_BLOCKS } from '../../src/shared/architecture/blocks'
import { expandDocument } from '../../src/shared/architecture/expand'
import type { LayerGraph, LayerNode, ParameterValues } from '../../src/shared/architecture/layer'
import { createRandom } from '../../src/shared/random'
import { chainSpaceSchema } from '../../src/shared/spaces/block-chain/schema'
import { createBlockChainSpace } from '../../src/shared/spaces/block-chain/space'

export const CLASSES = 10
export const INPUT = [32, 32, 3] as const

export interface BenchNetwork {
  readonly name: string
  readonly batch: number
  readonly graph: LayerGraph
}

class Builder {
  private readonly nodes: LayerNode[] = []

  add(kind: string, parameters: ParameterValues, ...inputs: string[]): string {
    const id = `n${this.nodes.length}`
    this.nodes.push({ id, kind, parameters, inputs })
    return id
  }

  /** Convolution and batch normalisation. */
  convolution(input: string, channels: number, kernel: number, stride = 1): string {
    const options = { channels, kernel: [kernel, kernel], stride: [stride, stride], padding: 'same' } as const
    return this.add('batch-norm', {}, this.add('conv2d', options, input))
  }

  depthwise(input: string, stride: number): string {
    const options = { kernel: [3, 3], stride: [stride, stride], padding: 'same' } as const
    return this.add('batch-norm', {}, this.add('depthwise-conv2d', options, input))
  }

  relu(input: string): string {
    return this.add('relu', {}, input)
  }

  finish(features: string): LayerGraph {
    const flat = this.add('flatten', {}, this.add('global-average-pool', {}, features))
    const output = this.add('dense', { features: CLASSES }, flat)
    return { input: [...INPUT], nodes: this.nodes, output }
  }
}

/** He et al. 2015, section 4.2, with projections. */
export function resNet20(width: number): LayerGraph {
  const b = new Builder()
  let x = b.relu(b.convolution('input', width, 3))
  for (let stage = 0; stage < 3; stage++)
    for (let block = 0; block < 3; block++) {
      const [channels, stride] = [width * 2 ** stage, stage > 0 && block === 0 ? 2 : 1]
      const y = b.convolution(b.relu(b.convolution(x, channels, 3, stride)), channels, 3)
      x = b.relu(b.add('add', {}, stride === 2 ? b.convolution(x, channels, 1, 2) : x, y))
    }
  return b.finish(x)
}

/** Howard et al. 2017 in small: seven separable convolutions. */
function separable(): LayerGraph {
  const b = new Builder()
  let x = b.relu(b.convolution('input', 16, 3))
  for (const [channels, stride] of [
    [32, 1],
    [64, 2],
    [64, 1],
    [128, 2],
    [128, 1],
    [128, 1],
    [256, 2],
  ] as const)
    x = b.relu(b.convolution(b.relu(b.depthwise(x, stride)), channels, 1))
  return b.finish(x)
}

/** Huang et al. 2017 in small: growth 12, three stages of four layers. */
function dense(): LayerGraph {
  const b = new Builder()
  let [x, channels] = [b.convolution('input', 24, 3), 24]
  for (let stage = 0; stage < 3; stage++) {
    for (let layer = 0; layer < 4; layer++) {
      x = b.add('concatenate', {}, x, b.relu(b.convolution(x, 12, 3)))
      channels += 12
    }
    if (stage === 2) continue
    channels = channels >> 1
    const pooled = { kernel: [2, 2], stride: [2, 2], padding: 'same' } as const
    x = b.add('average-pool', pooled, b.relu(b.convolution(x, channels, 1)))
  }
  return b.finish(x)
}

/** A chain that our space proposes, of the blocks whose layers Keras has as well. */
function randomChain(): LayerGraph {
  const definition = chainSpaceSchema.parse({
    blocks: [
      'resnet-basic',
      'resnet-bottleneck',
      'wide-resnet-bottleneck',
      'common-conv',
      'common-batch-norm',
      'common-relu',
      'common-max-pool',
    ],
    maxMacs: 20_000_000,
  })
  const options = { definition, inputShape: INPUT, classes: CLASSES, library: BUILT_IN_BLOCKS }
  const space = createBlockChainSpace(options)
  return expandDocument(space.toDocument(space.random(createRandom(4)), 'Random chain'), BUILT_IN_BLOCKS).graph
}

export const NETWORKS: readonly BenchNetwork[] = [
  { name: 'ResNet-20 w4 b16', batch: 16, graph: resNet20(4) },
  { name: 'separable b32', batch: 32, graph: separable() },
  { name: 'dense b32', batch: 32, graph: dense() },
  { name: 'random chain b64', batch: 64, graph: randomChain() },
  { name: 'ResNet-20 w16 b128', batch: 128, graph: resNet20(16) },
]
