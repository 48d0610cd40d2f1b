// Convolution and its gradients by the definition, in float64: what native kernels are measured against, at start-up by the
// self-check and in tests. Slow on purpose, so that it is obviously right.
import type { ExplicitPadding } from './kernels/padding'

export interface ConvolutionGeometry {
  readonly batch: number
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly filters: number
  readonly kernel: readonly [number, number]
  readonly strides: readonly [number, number]
  readonly dilations: readonly [number, number]
  readonly padding: ExplicitPadding
  /** Groups = channels is depthwise; its filter `[height, width, channels, multiplier]` has the same order in memory. */
  readonly groups: number
}

export interface ReferenceConvolution {
  readonly y: Float64Array
  readonly dx: Float64Array
  readonly dw: Float64Array
}

/** `[height', width']` of the result. */
export function outputSize(geometry: ConvolutionGeometry): [number, number] {
  const { height, width, kernel, strides, dilations, padding } = geometry
  const along = (size: number, axis: 0 | 1): number =>
    Math.floor((size - dilations[axis] * (kernel[axis] - 1) - 1) / strides[axis]) + 1
  return [along(height + padding.top + padding.bottom, 0), along(width + padding.left + padding.right, 1)]
}

/** Elements of x, filter and result. */
export function sizes(geometry: ConvolutionGeometry): { readonly x: number; readonly w: number; readonly y: number } {
  const { batch, height, width, channels, filters, kernel, groups } = geometry
  const [rows, columns] = outputSize(geometry)
  return {
    x: batch * height * width * channels,
    w: kernel[0] * kernel[1] * (channels / groups) * filters,
    y: batch * rows * columns * filters,
  }
}

/**
 * @param x `[batch, height, width, channels]`
 * @param w `[height, width, channels / groups, filters]`
 * @param dy gradient of the result, `[batch, height', width', filters]`
 */
export function referenceConvolution(
  geometry: ConvolutionGeometry,
  x: ArrayLike<number>,
  w: ArrayLike<number>,
  dy: ArrayLike<number>,
): ReferenceConvolution {
  const size = sizes(geometry)
  const result = { y: new Float64Array(size.y), dx: new Float64Array(size.x), dw: new Float64Array(size.w) }
  forEachProduct(geometry, (i, j, k) => {
    result.y[k]! += x[i]! * w[j]!
    result.dx[i]! += dy[k]! * w[j]!
    result.dw[j]! += dy[k]! * x[i]!
  })
  return result
}

/** Visits every product x[i] w[j] that the result's element k is a sum of. */
function forEachProduct(geometry: ConvolutionGeometry, visit: (i: number, j: number, k: number) => void): void {
  const { batch, height, width, channels, filters, kernel, strides, dilations, padding, groups } = geometry
  const [rows, columns] = outputSize(geometry)
  const [groupChannels, groupFilters] = [channels / groups, filters / groups]
  for (let n = 0; n < batch; n++)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        for (let u = 0; u < kernel[0]; u++)
          for (let v = 0; v < kernel[1]; v++) {
            const h = row * strides[0] + u * dilations[0] - padding.top
            const l = column * strides[1] + v * dilations[1] - padding.left
            if (h < 0 || h >= height || l < 0 || l >= width) continue
            const input = ((n * height + h) * width + l) * channels
            const tap = (u * kernel[1] + v) * groupChannels
            const output = ((n * rows + row) * columns + column) * filters
            for (let filter = 0; filter < filters; filter++) {
              const first = Math.floor(filter / groupFilters) * groupChannels
              for (let channel = 0; channel < groupChannels; channel++)
                visit(input + first + channel, (tap + channel) * filters + filter, output + filter)
            }
          }
}

/** |a - b| / |b| over whole tensors; a gradient that is only partly wrong still shows. */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY
  let difference = 0
  let norm = 0
  for (let i = 0; i < b.length; i++) {
    difference += (a[i]! - b[i]!) ** 2
    norm += b[i]! ** 2
  }
  // NaN anywhere makes the sum NaN, which no bound accepts.
  return Math.sqrt(difference / Math.max(norm, Number.MIN_VALUE))
}
