// Mean of each channel; keeps the map's axes: `[batch, 1, 1, channels]`.
import { tf } from '../../tensorflow/backend'
import { globalAveragePool as pool } from '../../tensorflow/kernels/pooling'
import { asMap, withoutArrays } from './layer'

export const globalAveragePool = withoutArrays(({ inputs }) => {
  const x = asMap(inputs[0])
  return tf.reshape(pool(x), [x.shape[0], 1, 1, x.shape[3]])
})
