// Forward definitions in float64 that kernels are tested against, written by their formulas and nothing else.
import type { ExplicitPadding } from '../kernels/padding'

export const map64 = (x: Float64Array, f: (value: number) => number): Float64Array => x.map(f)

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
const clip6 = (x: number): number => Math.min(6, Math.max(0, x))

/** Maclaurin series of erf: converges for every x, to float64 for the |x| < 4 that tests use. */
function erf(x: number): number {
  let term = x
  let sum = x
  for (let n = 1; n < 200; n++) {
    term *= (-x * x) / n
    sum += term / (2 * n + 1)
  }
  return (2 / Math.sqrt(Math.PI)) * sum
}

export const ACTIVATIONS_64: Readonly<Record<string, (x: number) => number>> = {
  relu: (x) => Math.max(0, x),
  relu6: clip6,
  sigmoid,
  tanh: Math.tanh,
  silu: (x) => x * sigmoid(x),
  hardSigmoid: (x) => clip6(x + 3) / 6,
  hardSwish: (x) => (x * clip6(x + 3)) / 6,
  gelu: (x) => (x / 2) * (1 + erf(x / Math.SQRT2)),
}

/** Applies `f` to each row of the last axis. */
export function rows64(x: Float64Array, width: number, f: (row: Float64Array) => ArrayLike<number>): Float64Array {
  const parts: number[] = []
  for (let i = 0; i < x.length; i += width) parts.push(...Array.from(f(x.subarray(i, i + width))))
  return Float64Array.from(parts)
}

export function softmax64(row: Float64Array): Float64Array {
  const largest = Math.max(...row)
  const powers = row.map((value) => Math.exp(value - largest))
  const total = powers.reduce((a, b) => a + b, 0)
  return powers.map((power) => power / total)
}

export const mean64 = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((a, b) => a + b, 0) / values.length
export function variance64(values: ArrayLike<number>): number {
  const centre = mean64(values)
  return mean64(Array.from(values, (value) => (value - centre) ** 2))
}

/** Values of one channel of `[..., channels]`. */
export const channel64 = (x: Float64Array, channels: number, channel: number): number[] =>
  Array.from({ length: x.length / channels }, (_, i) => x[i * channels + channel]!)

export interface Pooling64 {
  readonly shape: readonly [number, number, number, number]
  readonly kernel: readonly [number, number]
  readonly strides: readonly [number, number]
  readonly padding: ExplicitPadding
  /** Output `[height, width]`, worked out by hand in the test. */
  readonly output: readonly [number, number]
}

/** Pools by `reduce` over the window's real values and the number of its places inside the declared padding. */
export function pool64(
  x: Float64Array,
  { shape, kernel, strides, padding, output }: Pooling64,
  reduce: (values: number[], places: number) => number,
): Float64Array {
  const [batch, height, width, channels] = shape
  const result: number[] = []
  for (let n = 0; n < batch; n++)
    for (let row = 0; row < output[0]; row++)
      for (let column = 0; column < output[1]; column++)
        for (let channel = 0; channel < channels; channel++) {
          const values: number[] = []
          let places = 0
          for (let u = 0; u < kernel[0]; u++)
            for (let v = 0; v < kernel[1]; v++) {
              const [h, l] = [row * strides[0] + u - padding.top, column * strides[1] + v - padding.left]
              if (h < height + padding.bottom && l < width + padding.right) places += 1
              if (h < 0 || h >= height || l < 0 || l >= width) continue
              values.push(x[((n * height + h) * width + l) * channels + channel]!)
            }
          result.push(reduce(values, places))
        }
  return Float64Array.from(result)
}
