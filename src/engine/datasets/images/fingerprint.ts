// What duplicates are found by: a 64-bit difference hash (dHash) of how an image looks, the thumbnail it comes from, and a hash
// of its exact pixels.
// dHash: 9 x 8 grey averages, one bit for each "brighter than its right neighbour" (N. Krawetz, "Kind of Like That", 2013).
import { createHash } from 'node:crypto'
import { withChannels } from './fit'
import { resample, type Raster } from './resample'

const ROWS = 8
const COLUMNS = 9
export const THUMBNAIL_BYTES = ROWS * COLUMNS

export interface Fingerprint {
  readonly look: bigint
  /** Grey, `[8, 9]`. */
  readonly thumbnail: Uint8Array
  /** First 64 bits of the SHA-256 of the pixels. */
  readonly exact: bigint
}

export function fingerprintOf(image: Raster): Fingerprint {
  const { pixels } = resample(withChannels(image, 1), ROWS, COLUMNS)
  let high = 0
  let low = 0
  for (let bit = 0; bit < 64; bit++) {
    const at = (bit >> 3) * COLUMNS + (bit & 7)
    const isBrighter = pixels[at]! > pixels[at + 1]! ? 1 : 0
    if (bit < 32) high = ((high << 1) | isBrighter) >>> 0
    else low = ((low << 1) | isBrighter) >>> 0
  }
  return {
    thumbnail: pixels,
    look: (BigInt(high) << 32n) | BigInt(low),
    exact: createHash('sha256').update(image.pixels).digest().readBigUInt64BE(0),
  }
}
