// Channels read as groups by rows, written by columns.
import { numberOf } from '@shared/architecture/catalogue/parameter-values'
import { tf } from '../../tensorflow/backend'
import { asMap, withoutArrays } from './layer'

export const channelShuffle = withoutArrays(({ parameters, inputs }) => {
  const x = asMap(inputs[0])
  const groups = numberOf(parameters, 'groups')
  const [batch, height, width, channels] = x.shape
  const grouped = tf.reshape(x, [batch, height, width, groups, channels / groups])
  return tf.reshape(tf.transpose(grouped, [0, 1, 2, 4, 3]), x.shape)
})
