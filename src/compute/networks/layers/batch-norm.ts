// Batch normalisation: the batch's own statistics while training, the running ones otherwise.
import type { Tensor1D } from '../../tensorflow/backend'
import { batchNormInference, batchNormTraining } from '../../tensorflow/kernels/batch-norm'
import { BATCH_NORM_EPSILON, BATCH_NORM_MOMENTUM } from './batch-norm-constants'
import type { LayerBuilder } from './layer-builder'

export const batchNormalisation: LayerBuilder = ({ inputs, array, training }) => {
  const stored = {
    gamma: array('gamma') as Tensor1D,
    beta: array('beta') as Tensor1D,
    runningMean: array('moving-mean') as Tensor1D,
    runningVariance: array('moving-variance') as Tensor1D,
  }
  if (!training) return batchNormInference(inputs[0], stored, { epsilon: BATCH_NORM_EPSILON })
  const constants = { epsilon: BATCH_NORM_EPSILON, momentum: BATCH_NORM_MOMENTUM }
  const { value, newMean, newVariance } = batchNormTraining(inputs[0], stored, constants)
  training.update('moving-mean', newMean)
  training.update('moving-variance', newVariance)
  return value
}
