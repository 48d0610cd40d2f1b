// Fused batch normalisation over NHWC (Ioffe and Szegedy 2015): one native op forward, one backward.
// The running statistics are results, not side effects: whoever owns the variables assigns them.
import {
  executeOp,
  flag,
  float,
  text,
  tf,
  type Attributes,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
} from '../backend'
import { differentiable } from './native-op'
import { lastAxisOf } from '../shape'

export interface BatchNormParameters {
  /** `[channels]` each. */
  readonly gamma: Tensor1D
  readonly beta: Tensor1D
  readonly runningMean: Tensor1D
  readonly runningVariance: Tensor1D
}

export interface BatchNormTraining<T extends Tensor> {
  readonly value: T
  /** momentum * running + (1 - momentum) * batch; the variance is the unbiased one, as in torch. */
  readonly newMean: Tensor1D
  readonly newVariance: Tensor1D
}

const attributes = (epsilon: number, training: boolean): Attributes => ({
  epsilon: float(epsilon),
  data_format: text('NHWC'),
  is_training: flag(training),
})

/** The kernel takes rank 4; `[batch, features]` is seen as 1x1 images. */
function asImages(x: Tensor): Tensor4D {
  if (x.rank === 4) return x as Tensor4D
  const channels = lastAxisOf(x.shape)
  return tf.reshape(x, [x.size / channels, 1, 1, channels])
}

/**
 * Normalises with the batch's own statistics.
 * @param x `[batch, height, width, channels]` or `[batch, features]`
 * @param momentum weight of the old running statistics, 0.9 by default as in torch (Keras: 0.99, too slow for short trainings)
 * @returns results of the surrounding tidy: call it inside one
 */
export function batchNormTraining<T extends Tensor>(
  x: T,
  parameters: BatchNormParameters,
  { epsilon = 1e-5, momentum = 0.9 } = {},
): BatchNormTraining<T> {
  const { gamma, beta, runningMean, runningVariance } = parameters
  const images = asImages(x)
  // Executed before the tape's node is made, because a custom gradient has one value and this op has six results.
  const [y, newMean, newVariance, ...reserved] = executeOp(
    'FusedBatchNormV3',
    { ...attributes(epsilon, true), exponential_avg_factor: float(1 - momentum) },
    [images, gamma, beta, runningMean, runningVariance],
    6,
  )
  const value = differentiable(
    [images, gamma, beta],
    () => ({ value: y as Tensor4D, saved: [images, gamma, ...reserved] }),
    (dy, saved) => executeOp('FusedBatchNormGradV3', attributes(epsilon, true), [dy, ...saved], 5).slice(0, 3),
  )
  return {
    value: tf.reshape(value, x.shape) as T,
    newMean: newMean as Tensor1D,
    newVariance: newVariance as Tensor1D,
  }
}

/** Normalises with the running statistics, which get no gradient; gamma, beta and x do. */
export function batchNormInference<T extends Tensor>(
  x: T,
  { gamma, beta, runningMean, runningVariance }: BatchNormParameters,
  { epsilon = 1e-5 } = {},
): T {
  const images = asImages(x)
  const value = differentiable(
    [images, gamma, beta],
    () => {
      const [y] = executeOp(
        'FusedBatchNormV3',
        attributes(epsilon, false),
        [images, gamma, beta, runningMean, runningVariance],
        6,
      )
      return { value: y as Tensor4D, saved: [images, gamma, runningMean, runningVariance] }
    },
    (dy, [input, scale, mean, variance]) =>
      executeOp(
        'FusedBatchNormGradV3',
        attributes(epsilon, false),
        [dy, input, scale, mean, variance, variance],
        5,
      ).slice(0, 3),
  )
  return tf.reshape(value, x.shape) as T
}
