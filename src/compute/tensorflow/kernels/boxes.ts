// Rectangles at random places: blanked (cutout, DeVries & Taylor 2017) or as the mask that CutMix pastes by.
import { dataType, executeSingle, tf, type Tensor, type Tensor4D } from '../backend'
import { DataType } from '../binding'
import { cast } from './gather'
import { randomInteger, streamOfWork, type Seed } from './random'

/** 1 where first <= position < first + length, else 0: `[batch, size]`. */
function interval(size: number, first: Tensor, length: Tensor): Tensor {
  const bounds = [tf.scalar(0), tf.scalar(size), tf.scalar(1)]
  const positions = executeSingle('Range', { Tidx: dataType(DataType.float32) }, bounds)
  const column = (x: Tensor): Tensor => tf.reshape(x, [x.size, 1])
  const isAfter = executeSingle('GreaterEqual', {}, [positions, column(first)])
  const isBefore = executeSingle('Less', {}, [positions, column(tf.add(first, length))])
  return cast(executeSingle('LogicalAnd', {}, [isAfter, isBefore]), 'float32')
}

/**
 * A box per image, centred on a pixel drawn anywhere, so that the border cuts some of it off.
 * @param images only its shape matters
 * @param lengths `[batch]` float32 whole numbers: height and width of the boxes
 * @param salts two streams of the step
 * @returns `[batch, height, width, 1]` float32: 1 inside, 0 outside
 */
export function randomBoxes(
  images: Tensor4D,
  lengths: { readonly height: Tensor; readonly width: Tensor },
  seed: Seed,
  salts: readonly [number, number],
): Tensor4D {
  const [batch, height, width] = images.shape
  const along = (size: number, length: Tensor, salt: number): Tensor => {
    const centre = cast(randomInteger([batch], 0, size, streamOfWork(seed, salt)), 'float32')
    return interval(size, tf.sub(centre, executeSingle('Floor', {}, [tf.mul(length, 0.5)])), length)
  }
  const rows = along(height, lengths.height, salts[0])
  const columns = along(width, lengths.width, salts[1])
  return tf.mul(tf.reshape(rows, [batch, height, 1, 1]), tf.reshape(columns, [batch, 1, width, 1]))
}

/**
 * Blanks a square of each image.
 * @param images normalised: zero is the mean colour
 * @param side in pixels; 0 leaves the images alone
 */
export function cutout(images: Tensor4D, side: number, seed: Seed): Tensor4D {
  if (side === 0) return images
  const length = tf.fill([images.shape[0]], side)
  const inside = randomBoxes(images, { height: length, width: length }, seed, [7, 8])
  return tf.mul(images, tf.sub(1, inside))
}
