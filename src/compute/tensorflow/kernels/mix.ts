// Two images in one: mixup (Zhang et al. 2018) blends a pair, CutMix (Yun et al. 2019) pastes a box; targets follow the shares.
// The partner of an image is the one at the mirrored place of the batch, whose order is random already.
import { executeSingle, tf, type Tensor, type Tensor2D, type Tensor4D } from '../backend'
import { randomBoxes } from './boxes'
import { integers } from './native-op'
import { randomBeta, randomUniform, streamOfWork, type Seed } from './random'

export interface Mixing {
  /** Alpha of Beta(alpha, alpha); 0 switches it off. With both on, each image draws which, evenly. */
  readonly mixup: number
  readonly cutmix: number
}

export interface MixedBatch {
  readonly images: Tensor4D
  readonly targets: Tensor2D
}

/** How much of each pixel is the image's own `[batch, height, width, 1]`, and of the whole image `[batch, 1]`. */
interface Shares {
  readonly pixels: Tensor4D
  readonly whole: Tensor2D
}

function beta(batch: number, alpha: number, seed: Seed): Tensor {
  return randomBeta([batch], alpha, [streamOfWork(seed, 9), streamOfWork(seed, 10)])
}

function mixupShares({ shape: [batch] }: Tensor4D, alpha: number, seed: Seed): Shares {
  const own = beta(batch, alpha, seed)
  return { pixels: tf.reshape(own, [batch, 1, 1, 1]), whole: tf.reshape(own, [batch, 1]) }
}

function cutmixShares(images: Tensor4D, alpha: number, seed: Seed): Shares {
  const [batch, height, width] = images.shape
  // The box has the area of the partner's share before the border cuts it; the target counts what is left.
  const ratio = executeSingle('Sqrt', {}, [tf.sub(1, beta(batch, alpha, seed))])
  const length = (size: number): Tensor => executeSingle('Round', {}, [tf.mul(ratio, size)])
  const boxes = randomBoxes(images, { height: length(height), width: length(width) }, seed, [11, 12])
  const pixels: Tensor4D = tf.sub(1, boxes)
  return { pixels, whole: tf.reshape(tf.mean(pixels, [1, 2]), [batch, 1]) }
}

function sharesOf(images: Tensor4D, { mixup, cutmix }: Mixing, seed: Seed): Shares {
  if (cutmix === 0) return mixupShares(images, mixup, seed)
  if (mixup === 0) return cutmixShares(images, cutmix, seed)
  const [batch, height, width] = images.shape
  const drawn = randomUniform([batch], streamOfWork(seed, 13))
  const isBlended = (shape: number[]): Tensor => executeSingle('Less', {}, [tf.reshape(drawn, shape), tf.scalar(1 / 2)])
  const [blended, pasted] = [mixupShares(images, mixup, seed), cutmixShares(images, cutmix, seed)]
  const everywhere = tf.mul(blended.pixels, tf.ones([1, height, width, 1]))
  const pixels = executeSingle('SelectV2', {}, [isBlended([batch, 1, 1, 1]), everywhere, pasted.pixels])
  const whole = executeSingle('SelectV2', {}, [isBlended([batch, 1]), blended.whole, pasted.whole])
  return { pixels: pixels as Tensor4D, whole: whole as Tensor2D }
}

/**
 * @param images `[batch, height, width, channels]` float32
 * @param targets `[batch, classes]`, each row a distribution
 */
export function mixPairs(images: Tensor4D, targets: Tensor2D, mixing: Mixing, seed: Seed): MixedBatch {
  if (mixing.mixup === 0 && mixing.cutmix === 0) return { images, targets }
  const { pixels, whole } = sharesOf(images, mixing, seed)
  const blend = <T extends Tensor>(own: T, share: Tensor): T => {
    const partner = executeSingle('ReverseV2', {}, [own, integers([0])])
    return tf.add(tf.mul(own, share), tf.mul(partner, tf.sub(1, share))) as T
  }
  return { images: blend(images, pixels), targets: blend(targets, whole) }
}
