// Rearrangements of channels and shapes, without weights.
import { numberOf } from '@shared/architecture/catalogue/parameter-values'
import { executeSingle, tf } from '../../tensorflow/backend'
import { asMap, type LayerBuilder } from './layer-builder'

/** Channels read as groups by rows, written by columns. */
export const channelShuffle: LayerBuilder = ({ parameters, inputs }) => {
  const x = asMap(inputs[0])
  const groups = numberOf(parameters, 'groups')
  const [batch, height, width, channels] = x.shape
  const grouped = tf.reshape(x, [batch, height, width, groups, channels / groups])
  return tf.reshape(tf.transpose(grouped, [0, 1, 2, 4, 3]), x.shape)
}

export const splitPart: LayerBuilder = ({ parameters, inputs }) => {
  const x = asMap(inputs[0])
  const [batch, height, width, channels] = x.shape
  const size = channels / numberOf(parameters, 'parts')
  return tf.slice(x, [0, 0, 0, numberOf(parameters, 'part') * size], [batch, height, width, size])
}

export const flatten: LayerBuilder = ({ inputs: [x] }) => tf.reshape(x, [x.shape[0]!, -1])

export const identity: LayerBuilder = ({ inputs: [x] }) => x

/** Off the tape: no gradient passes. */
export const zero: LayerBuilder = ({ inputs: [x] }) => executeSingle('ZerosLike', {}, [x])
