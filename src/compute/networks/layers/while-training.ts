// What acts at a rate while training and passes its input on otherwise.
import { numberOf } from '@shared/architecture/catalogue/parameter-values'
import type { Tensor } from '../../tensorflow/backend'
import { streamOfWork, type Seed } from '../../tensorflow/kernels/random'
import type { LayerBuilder } from './layer'

/** @param drop given the node's own stream of random numbers */
export const whileTraining =
  (drop: (x: Tensor, rate: number, stream: Seed) => Tensor): LayerBuilder =>
  ({ parameters, inputs, training }) => {
    const rate = numberOf(parameters, 'rate')
    return training && rate > 0 ? drop(inputs[0], rate, streamOfWork(training.seed, training.salt)) : inputs[0]
  }
