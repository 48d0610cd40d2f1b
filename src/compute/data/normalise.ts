// Raw pixels to what the first layer sees, inside the graph: (x / 255 - mean) / deviation per channel.
import { tf, type Tensor, type Tensor4D } from '../tensorflow/backend'
import { cast } from '../tensorflow/kernels/gather'

/** Per channel, of pixels scaled to [0, 1]. */
export interface Normalisation {
  readonly mean: readonly number[]
  readonly deviation: readonly number[]
}

/**
 * @param pixels `[batch, height, width, channels]` uint8
 * @returns float32 of the same shape; belongs to the surrounding tidy
 */
export function normalise(pixels: Tensor, { mean, deviation }: Normalisation): Tensor4D {
  const scale = tf.tensor1d(deviation.map((value) => 1 / (255 * value)))
  const offset = tf.tensor1d(mean.map((value, channel) => -value / deviation[channel]!))
  return tf.add(tf.mul(cast(pixels, 'float32'), scale), offset)
}
