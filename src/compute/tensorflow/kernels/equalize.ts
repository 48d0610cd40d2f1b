// Histogram equalization of each channel of each image, by Pillow's rule (ImageOps.equalize), as graph ops.
import { dataType, executeSingle, flag, tf, type Tensor, type Tensor4D } from '../backend'
import { DataType } from '../binding'
import { BRIGHTEST } from './colour'
import { cast, gather } from './gather'

const LEVELS = BRIGHTEST + 1

/** 0, 1, ..., count - 1 as int32, in the graph. */
function counting(count: number): Tensor {
  const bounds = [0, count, 1].map((bound) => tf.scalar(bound, 'int32'))
  return executeSingle('Range', { Tidx: dataType(DataType.int32) }, bounds)
}

/**
 * Spreads the levels of a channel so that each range of them holds as many pixels. Level v becomes
 * (step / 2 + pixels darker than v) / step, where a step is a 255th of all pixels but those of the brightest level that
 * occurs; whole numbers throughout. A channel whose step is 0 stays.
 * @param images `[batch, height, width, channels]` float32, 0 to 255; fractions are rounded first
 */
export function equalize(images: Tensor4D): Tensor4D {
  const [batch, , , channels] = images.shape
  const planes = batch * channels
  const levels = cast(executeSingle('Round', {}, [images]), 'int32')
  const first = tf.reshape(tf.mul(counting(planes), tf.scalar(LEVELS, 'int32')), [batch, 1, 1, channels])
  // Every level of every plane has a number of its own, so that one sum counts them all and one look-up maps them back.
  const numbers = tf.add(levels, first)
  const ones = tf.onesLike(images)
  const count = tf.scalar(planes * LEVELS, 'int32')
  const histogram = tf.reshape(executeSingle('UnsortedSegmentSum', {}, [ones, numbers, count]), [planes, LEVELS])
  const darker = executeSingle('Cumsum', { exclusive: flag(true), reverse: flag(false) }, [
    histogram,
    tf.scalar(1, 'int32'),
  ])
  const occurs = cast(executeSingle('Greater', {}, [histogram, tf.scalar(0)]), 'float32')
  const whole = (x: Tensor): Tensor => executeSingle('Floor', {}, [x])
  // Quotients of whole numbers, half of one added so that no rounding can drop them below the next whole number.
  const others = tf.max(tf.mul(darker, occurs), 1, true)
  const step = whole(tf.mul(tf.add(others, 1 / 2), 1 / BRIGHTEST))
  const half = whole(tf.mul(step, 1 / 2))
  const spread = whole(executeSingle('DivNoNan', {}, [tf.add(tf.add(darker, half), 1 / 2), step]))
  const table = tf.reshape(tf.minimum(spread, BRIGHTEST), [planes * LEVELS])
  const isSpread = executeSingle('Greater', {}, [tf.reshape(step, [batch, 1, 1, channels]), tf.scalar(0)])
  return executeSingle('SelectV2', {}, [isSpread, gather(table, numbers), images]) as Tensor4D
}
