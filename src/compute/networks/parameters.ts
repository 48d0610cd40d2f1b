// What every layer kind stores: names, TensorFlow shapes, initial distribution, whether trained and decayed.
// One list serves building, cost comparison, checkpoints and export. Pure: no tensors.
import { flagOf, numberOf, pairOf } from '@shared/architecture/catalogue/parameter-values'
import type { LayerNode, TensorShape } from '@shared/architecture/layer'

/** `he`: normal, deviation sqrt(2 / fan-in) (He et al. 2015). `glorot`: uniform, limit sqrt(6 / (fan-in + fan-out)) (Glorot & Bengio 2010). */
export type Initialisation = 'he' | 'glorot' | 'zeros' | 'ones'

export interface StoredArray {
  /** `nodeId/role` */
  readonly name: string
  readonly node: string
  readonly shape: readonly number[]
  readonly initialisation: Initialisation
  readonly fanIn: number
  readonly fanOut: number
  /** False for batch-norm's running statistics: stored, updated, never trained. */
  readonly trained: boolean
  /** Weight decay acts on kernels only: decaying scales, shifts and biases hurts (He et al. 2019, "Bag of tricks", section 3.1). */
  readonly decays: boolean
}

/**
 * Arrays of one node in the order they are built; empty for kinds without weights.
 * Kernels are `[height, width, inputs per group, outputs]`, `[height, width, channels, multiplier]` or `[inputs, outputs]`.
 * @param inputs shapes of the node's inputs without the batch
 */
export function storedArrays(node: LayerNode, inputs: readonly TensorShape[]): StoredArray[] {
  const values = node.parameters
  const channels = inputs[0]![inputs[0]!.length - 1]!
  const array = (
    role: string,
    shape: readonly number[],
    initialisation: Initialisation,
    fanIn = 0,
    fanOut = 0,
  ): StoredArray => ({
    name: `${node.id}/${role}`,
    node: node.id,
    shape,
    initialisation,
    fanIn,
    fanOut,
    trained: !role.startsWith('moving-'),
    decays: role === 'kernel',
  })
  const withBias = (kernel: StoredArray, features: number): StoredArray[] =>
    flagOf(values, 'bias') ? [kernel, array('bias', [features], 'zeros')] : [kernel]

  switch (node.kind) {
    case 'conv2d': {
      const [height, width] = pairOf(values, 'kernel')
      const groups = numberOf(values, 'groups')
      const features = numberOf(values, 'channels')
      const fanIn = (height * width * channels) / groups
      const fanOut = (height * width * features) / groups
      return withBias(array('kernel', [height, width, channels / groups, features], 'he', fanIn, fanOut), features)
    }
    case 'depthwise-conv2d': {
      const [height, width] = pairOf(values, 'kernel')
      const multiplier = numberOf(values, 'multiplier')
      const area = height * width
      const kernel = array('kernel', [height, width, channels, multiplier], 'he', area, area * multiplier)
      return withBias(kernel, channels * multiplier)
    }
    case 'dense': {
      const features = numberOf(values, 'features')
      return withBias(array('kernel', [channels, features], 'glorot', channels, features), features)
    }
    case 'batch-norm':
      return [
        array('gamma', [channels], 'ones'),
        array('beta', [channels], 'zeros'),
        array('moving-mean', [channels], 'zeros'),
        array('moving-variance', [channels], 'ones'),
      ]
    default:
      return []
  }
}
