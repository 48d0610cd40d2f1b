// Brightness, contrast and saturation of whole images, as torchvision's ColorJitter defines each; the order is fixed.
// Works on pixels of 0 to 255, before normalisation.
import { tf, type Tensor, type Tensor4D } from '../backend'
import { randomUniform, streamOfWork, type Seed } from './random'

export const BRIGHTEST = 255

export interface ColourJitter {
  /** Largest relative change in [0, 1]; 0 switches it off. */
  readonly brightness: number
  readonly contrast: number
  readonly saturation: number
}

/** ITU-R BT.601, what PIL and torchvision take for the brightness of a colour. */
const LUMA = [0.299, 0.587, 0.114]

/** Brightness of each pixel: `[batch, height, width, 1]`. Other than three channels count alike. */
export function greyOf(images: Tensor4D): Tensor4D {
  const channels = images.shape[3]
  const weights = channels === 3 ? LUMA : new Array<number>(channels).fill(1 / channels)
  return tf.sum(tf.mul(images, tf.tensor1d(weights)), 3, true)
}

/** Mean brightness of each image: `[batch, 1, 1, 1]`. */
export const meanGreyOf = (images: Tensor4D): Tensor4D => tf.mean(greyOf(images), [1, 2], true)

export const clipPixels = (images: Tensor): Tensor4D => tf.clipByValue(images, 0, BRIGHTEST) as Tensor4D

/** other + factor (images - other), clipped to what a pixel can be. */
function blend(images: Tensor4D, other: Tensor, factor: Tensor): Tensor4D {
  return clipPixels(tf.add(tf.mul(images, factor), tf.mul(other, tf.sub(1, factor))))
}

/**
 * Draws one factor per image and property from [1 - x, 1 + x].
 * @param images `[batch, height, width, channels]` float32, 0 to 255
 */
export function colourJitter(images: Tensor4D, jitter: ColourJitter, seed: Seed): Tensor4D {
  const [batch] = images.shape
  const factor = (change: number, salt: number): Tensor => {
    const drawn = randomUniform([batch, 1, 1, 1], streamOfWork(seed, salt))
    return tf.add(tf.mul(drawn, 2 * change), 1 - change)
  }
  const { brightness, contrast, saturation } = jitter
  let result = images
  if (brightness > 0) result = clipPixels(tf.mul(result, factor(brightness, 4)))
  if (contrast > 0) result = blend(result, meanGreyOf(result), factor(contrast, 5))
  if (saturation > 0) result = blend(result, greyOf(result), factor(saturation, 6))
  return result
}
