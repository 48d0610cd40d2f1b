// Every kind of the catalogue as TensorFlow operations; the type makes a kind without a form a compile error.
import type { LayerKind } from '@shared/architecture/catalogue'
import { activations } from './activation'
import type { Mapping } from './call'
import { convolution, depthwiseConvolution } from './convolution'
import { batchNormalisation, dense } from './features'
import { averagePooling, globalAverage, maxPooling } from './pooling'
import { add, channelShuffle, concatenate, flatten, multiply, passThrough, split, zero } from './rearrangement'

export const MAPPINGS: Readonly<Record<LayerKind, Mapping>> = {
  ...activations,
  conv2d: convolution,
  'depthwise-conv2d': depthwiseConvolution,
  'max-pool': maxPooling,
  'average-pool': averagePooling,
  'global-average-pool': globalAverage,
  'batch-norm': batchNormalisation,
  add,
  multiply,
  concatenate,
  dense,
  flatten,
  'channel-shuffle': channelShuffle,
  split,
  zero,
  // Regularisation acts only while training.
  dropout: passThrough,
  'stochastic-depth': passThrough,
  identity: passThrough,
}
