// One of several equal parts of the channels.
import { numberOf } from '@shared/architecture/catalogue/parameter-values'
import { tf } from '../../tensorflow/backend'
import { asMap, withoutArrays } from './layer'

export const split = withoutArrays(({ parameters, inputs }) => {
  const x = asMap(inputs[0])
  const [batch, height, width, channels] = x.shape
  const size = channels / numberOf(parameters, 'parts')
  return tf.slice(x, [0, 0, 0, numberOf(parameters, 'part') * size], [batch, height, width, size])
})
