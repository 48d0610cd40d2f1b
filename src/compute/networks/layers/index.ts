// Builder of every kind in the catalogue; the type makes a kind without one a compile error.
import type { LayerKind } from '@shared/architecture/catalogue'
import type { Tensor } from '../../tensorflow/backend'
import {
  gelu,
  hardSigmoid,
  hardSwish,
  relu,
  relu6,
  sigmoid,
  silu,
  softmax,
  tanh,
} from '../../tensorflow/kernels/activations'
import { channelShuffle, flatten, identity, splitPart, zero } from './channels'
import { convolution, depthwiseConvolution } from './convolution'
import { dense } from './dense'
import type { LayerBuilder } from './layer-builder'
import { add, concatenate, multiply } from './merge'
import { batchNormalisation } from './normalisation'
import { averagePooling, globalAverage, maxPooling } from './pooling'
import { dropoutLayer, stochasticDepthLayer } from './regularisation'

const activation =
  (apply: (x: Tensor) => Tensor): LayerBuilder =>
  ({ inputs }) =>
    apply(inputs[0])

export const LAYER_BUILDERS: Readonly<Record<LayerKind, LayerBuilder>> = {
  conv2d: convolution,
  'depthwise-conv2d': depthwiseConvolution,
  'max-pool': maxPooling,
  'average-pool': averagePooling,
  'global-average-pool': globalAverage,
  'batch-norm': batchNormalisation,
  relu: activation(relu),
  relu6: activation(relu6),
  silu: activation(silu),
  gelu: activation(gelu),
  'hard-swish': activation(hardSwish),
  sigmoid: activation(sigmoid),
  'hard-sigmoid': activation(hardSigmoid),
  tanh: activation(tanh),
  softmax: activation(softmax),
  add,
  concatenate,
  multiply,
  dense,
  flatten,
  dropout: dropoutLayer,
  'stochastic-depth': stochasticDepthLayer,
  'channel-shuffle': channelShuffle,
  split: splitPart,
  identity,
  zero,
}
