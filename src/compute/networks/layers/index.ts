// Every kind of the catalogue on TensorFlow; the type makes a kind without its arrays or its computation a compile error.
import type { LayerKind } from '@shared/architecture/catalogue'
import { activations } from './activation'
import { add } from './add'
import { averagePool } from './average-pool'
import { batchNorm } from './batch-norm'
import { channelShuffle } from './channel-shuffle'
import { concatenate } from './concatenate'
import { conv2d } from './conv2d'
import { dense } from './dense'
import { depthwiseConv2d } from './depthwise-conv2d'
import { dropout } from './dropout'
import { flatten } from './flatten'
import { globalAveragePool } from './global-average-pool'
import { identity } from './identity'
import type { Layer } from './layer'
import { maxPool } from './max-pool'
import { multiply } from './multiply'
import { split } from './split'
import { stochasticDepth } from './stochastic-depth'
import { zero } from './zero'

export const LAYERS: Readonly<Record<LayerKind, Layer>> = {
  ...activations,
  conv2d,
  'depthwise-conv2d': depthwiseConv2d,
  'max-pool': maxPool,
  'average-pool': averagePool,
  'global-average-pool': globalAveragePool,
  'batch-norm': batchNorm,
  add,
  concatenate,
  multiply,
  dense,
  flatten,
  dropout,
  'stochastic-depth': stochasticDepth,
  'channel-shuffle': channelShuffle,
  split,
  identity,
  zero,
}
