// Image augmentation inside the step: pad-crop and mirror by native ops, drawn from the fed seed.
import { executeSingle, tf, type Tensor, type Tensor4D } from '../backend'
import { gather } from './gather'
import { integers } from './native-op'
import { pad2d } from './pad'
import { consecutive, randomInteger, randomUniform, streamOfWork, type Seed } from './random'

/**
 * Pads each image with zeros and cuts a window of the old size at a random place, one place per image.
 * @param images `[batch, height, width, channels]` float32, already normalised: zero is the mean colour
 * @param padding pixels added on each side; 0 leaves the images alone
 */
export function randomCrop(images: Tensor4D, padding: number, seed: Seed): Tensor4D {
  if (padding === 0) return images
  const [batch, height, width] = images.shape
  const padded = pad2d(images, { top: padding, bottom: padding, left: padding, right: padding }, 0)
  const offset = (salt: number): Tensor => randomInteger([batch], 0, 2 * padding + 1, streamOfWork(seed, salt))
  const rows = gather(padded, consecutive(offset(1), height), 1, 1)
  return gather(rows, consecutive(offset(2), width), 2, 1) as Tensor4D
}

/** Mirrors each image left to right with probability one half. */
export function randomFlip(images: Tensor4D, seed: Seed): Tensor4D {
  const drawn = randomUniform([images.shape[0], 1, 1, 1], streamOfWork(seed, 3))
  const isMirrored = executeSingle('Less', {}, [drawn, tf.scalar(0.5)])
  const mirrored = executeSingle('ReverseV2', {}, [images, integers([2])])
  return executeSingle('SelectV2', {}, [isMirrored, mirrored, images]) as Tensor4D
}
