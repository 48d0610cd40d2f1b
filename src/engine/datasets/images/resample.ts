// Resizes 8-bit images with a bilinear filter over the whole source area (antialiased), the arithmetic of Pillow's
// Image.resize(..., BILINEAR) in fixed point, so that an independent reader gets the same bytes.
// Source: Pillow, src/libImaging/Resample.c (algorithm; the code is ours).

/** Bits behind the point: 8 of the pixel and 2 for sums leave 22 of 32. */
const PRECISION = 22

/** An image as `[height, width, channels]`, row-major. */
export interface Raster {
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly pixels: Uint8Array
}

interface Weights {
  /** Of output `i`: its first source position, how many count, and their weights from `i * taps`. */
  readonly first: Int32Array
  readonly count: Int32Array
  readonly values: Int32Array
  readonly taps: number
}

/** A new image of `height` x `width`; the same one when it has that size already. */
export function resample(image: Raster, height: number, width: number): Raster {
  const across = (from: Raster): Raster => (from.width === width ? from : resampleRows(from, width))
  const down = (from: Raster): Raster => (from.height === height ? from : resampleColumns(from, height))
  // Pillow since 13: the height goes first where it shrinks by more than twice what the width does; rounding depends on it.
  const lost = image.height - height
  return lost > 0 && lost > (image.width - width) * 2 ? across(down(image)) : down(across(image))
}

function weightsOf(from: number, to: number): Weights {
  const scale = from / to
  const support = Math.max(scale, 1)
  const taps = Math.ceil(support) * 2 + 1
  const first = new Int32Array(to)
  const count = new Int32Array(to)
  const values = new Int32Array(to * taps)
  const exact = new Float64Array(taps)
  for (let out = 0; out < to; out++) {
    const center = (out + 0.5) * scale
    const start = Math.max(0, Math.trunc(center - support + 0.5))
    const length = Math.min(from, Math.trunc(center + support + 0.5)) - start
    let sum = 0
    for (let tap = 0; tap < length; tap++) {
      // Pillow multiplies by the inverse; dividing rounds differently.
      const distance = Math.abs((tap + start - center + 0.5) * (1 / support))
      exact[tap] = distance < 1 ? 1 - distance : 0
      sum += exact[tap]!
    }
    first[out] = start
    count[out] = length
    for (let tap = 0; tap < length; tap++) {
      values[out * taps + tap] = Math.trunc(0.5 + (sum === 0 ? 0 : exact[tap]! / sum) * (1 << PRECISION))
    }
  }
  return { first, count, values, taps }
}

const clip = (sum: number): number => Math.min(255, Math.max(0, sum >> PRECISION))

function resampleRows({ height, width: from, channels, pixels }: Raster, width: number): Raster {
  const { first, count, values, taps } = weightsOf(from, width)
  const result = new Uint8Array(height * width * channels)
  let at = 0
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const start = (y * from + first[x]!) * channels
      for (let channel = 0; channel < channels; channel++) {
        let sum = 1 << (PRECISION - 1)
        for (let tap = 0; tap < count[x]!; tap++) {
          sum += pixels[start + tap * channels + channel]! * values[x * taps + tap]!
        }
        result[at++] = clip(sum)
      }
    }
  }
  return { height, width, channels, pixels: result }
}

function resampleColumns({ height: from, width, channels, pixels }: Raster, height: number): Raster {
  const { first, count, values, taps } = weightsOf(from, height)
  const row = width * channels
  const result = new Uint8Array(height * row)
  for (let y = 0; y < height; y++) {
    const start = first[y]! * row
    for (let x = 0; x < row; x++) {
      let sum = 1 << (PRECISION - 1)
      for (let tap = 0; tap < count[y]!; tap++) sum += pixels[start + tap * row + x]! * values[y * taps + tap]!
      result[y * row + x] = clip(sum)
    }
  }
  return { height, width, channels, pixels: result }
}
