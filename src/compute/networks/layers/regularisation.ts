// Layers that act only while training.
import { numberOf } from '@shared/architecture/catalogue/parameter-values'
import { dropout, stochasticDepth } from '../../tensorflow/kernels/random'
import { streamOf } from '../../tensorflow/kernels/random'
import type { LayerBuilder } from './layer-builder'

const whileTraining =
  (apply: typeof dropout): LayerBuilder =>
  ({ parameters, inputs, training }) => {
    const rate = numberOf(parameters, 'rate')
    return training && rate > 0 ? apply(inputs[0], rate, streamOf(training.seed, training.salt)) : inputs[0]
  }

export const dropoutLayer = whileTraining(dropout)
export const stochasticDepthLayer = whileTraining(stochasticDepth)
