// Inputs that no data set holds, drawn from a seed: a proof on them sees what real images leave alone.
import { createRandom } from '../random'

export interface RandomInputs {
  readonly count: number
  readonly seed: number
}

/**
 * Noise between two levels drawn for each image and channel: plain noise has the same mean everywhere, and a network that ends with
 * averages answers the same to all of it.
 * @returns uint8 `[count, height, width, channels]`; the same on every machine
 */
export function randomPixels({ count, seed }: RandomInputs, shape: readonly [number, number, number]): Uint8Array {
  const [height, width, channels] = shape
  const pixels = new Uint8Array(count * height * width * channels)
  for (let image = 0; image < count; image++) {
    const random = createRandom(seed).fork(`proof-input-${image}`)
    const levels = Array.from({ length: channels }, () =>
      [random.integer(256), random.integer(256)].sort((a, b) => a - b),
    )
    const start = image * height * width * channels
    for (let i = 0; i < height * width; i++)
      for (let channel = 0; channel < channels; channel++) {
        const [low, high] = levels[channel]!
        pixels[start + i * channels + channel] = low! + random.integer(high! - low! + 1)
      }
  }
  return pixels
}
