// Brings an image to the size and channels of its data set: crop, stretch or pad, grey or colour.
import type { FitPolicy } from '@shared/contract/datasets'
import { resample, type Raster } from './resample'

export interface Target {
  /** `[height, width, channels]`; channels 1 or 3. */
  readonly shape: readonly [number, number, number]
  readonly policy: FitPolicy
}

/**
 * Pixels `[height, width, channels]` as the target wants them. `crop` covers the target and cuts from the centre, `pad`
 * fits inside it on black, `stretch` changes the proportions. An image that has the size already keeps every pixel.
 */
export function fitImage(image: Raster, { shape: [height, width, channels], policy }: Target): Uint8Array {
  const toned = withChannels(image, channels)
  if (toned.height === height && toned.width === width) return toned.pixels
  if (policy === 'stretch') return resample(toned, height, width).pixels
  const ratios = [height / toned.height, width / toned.width]
  const ratio = policy === 'crop' ? Math.max(...ratios) : Math.min(...ratios)
  const bound = policy === 'crop' ? Math.max : Math.min
  const scaled = resample(
    toned,
    bound(height, Math.max(1, Math.round(toned.height * ratio))),
    bound(width, Math.max(1, Math.round(toned.width * ratio))),
  )
  return centred(scaled, height, width)
}

/** The middle of `image`, or `image` in the middle of black. */
function centred(image: Raster, height: number, width: number): Uint8Array {
  const { channels, pixels } = image
  const result = new Uint8Array(height * width * channels)
  const top = Math.floor((image.height - height) / 2)
  const left = Math.floor((image.width - width) / 2)
  const rows = Math.min(height, image.height)
  const columns = Math.min(width, image.width) * channels
  for (let row = 0; row < rows; row++) {
    const from = ((row + Math.max(0, top)) * image.width + Math.max(0, left)) * channels
    const to = ((row + Math.max(0, -top)) * width + Math.max(0, -left)) * channels
    result.set(pixels.subarray(from, from + columns), to)
  }
  return result
}

/** Grey is ITU-R 601 in Pillow's fixed point; colour from grey repeats it. */
export function withChannels(image: Raster, channels: number): Raster {
  if (image.channels === channels) return image
  const count = image.height * image.width
  const pixels = new Uint8Array(count * channels)
  const from = image.pixels
  for (let pixel = 0; pixel < count; pixel++) {
    if (channels === 1) {
      const at = pixel * 3
      pixels[pixel] = (from[at]! * 19595 + from[at + 1]! * 38470 + from[at + 2]! * 7471 + 0x8000) >> 16
    } else pixels.fill(from[pixel]!, pixel * 3, pixel * 3 + 3)
  }
  return { ...image, channels, pixels }
}
