// Batch normalisation: the batch's own statistics while training, the running ones otherwise.
import { channelsOf } from '@shared/architecture/layer'
import type { Tensor1D } from '../../tensorflow/backend'
import { batchNormInference, batchNormTraining } from '../../tensorflow/kernels/batch-norm'
import { perChannel } from './arrays'
import { BATCH_NORM_EPSILON, BATCH_NORM_MOMENTUM } from './batch-norm-constants'
import type { Layer } from './layer'

export const batchNorm: Layer = {
  arrays(_parameters, [input]) {
    const channels = channelsOf(input)
    const [learned, statistic] = [
      { trained: true, rounds: false },
      { trained: false, rounds: false },
    ]
    return [
      perChannel('gamma', channels, 'ones', learned),
      perChannel('beta', channels, 'zeros', learned),
      perChannel('moving-mean', channels, 'zeros', statistic),
      perChannel('moving-variance', channels, 'ones', statistic),
    ]
  },
  build({ inputs, array, training }) {
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
  },
}
