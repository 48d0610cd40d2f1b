// Arithmetic of sliding windows: padding and output size of convolutions and poolings. Numbers only, no layer kinds.
// `half` and the rounding rules are PyTorch's, `same` and `none` are TensorFlow's SAME and VALID.
import type { MapShape, ShapeResult, TensorShape } from '../layer'
import type { Padding } from './parameter-specs'

export interface WindowRule {
  readonly kernel: readonly [number, number]
  readonly stride: readonly [number, number]
  readonly dilation: number
  readonly padding: Padding
  /** Keeps a last window that starts inside but hangs over the edge. */
  readonly ceil?: boolean
}

/** Positions one axis of the kernel spans in the input. */
export const windowExtent = (kernel: number, dilation: number): number => dilation * (kernel - 1) + 1

/** Number of windows along one axis of `size` positions; 0 or less when none fits. */
export function windowCount(size: number, rule: WindowRule, axis: 0 | 1): number {
  const stride = rule.stride[axis]
  if (rule.padding === 'same') return Math.ceil(size / stride)
  const extent = windowExtent(rule.kernel[axis], rule.dilation)
  const pad = rule.padding === 'half' ? Math.floor((extent - 1) / 2) : 0
  const free = size + 2 * pad - extent
  if (free < 0) return 0
  if (rule.ceil !== true) return Math.floor(free / stride) + 1
  const count = Math.ceil(free / stride) + 1
  // PyTorch drops a last window that would start in the padding after the end.
  return (count - 1) * stride >= size + pad ? count - 1 : count
}

/**
 * Zeros `[before, after]` along one axis, as explicit padding for a VALID operation that gives the same result.
 * `after` includes what a rounded-up last window reaches beyond the edge.
 */
export function windowPadding(size: number, rule: WindowRule, axis: 0 | 1): readonly [number, number] {
  const count = windowCount(size, rule, axis)
  const extent = windowExtent(rule.kernel[axis], rule.dilation)
  const reach = (count - 1) * rule.stride[axis] + extent
  if (rule.padding === 'same') {
    const total = Math.max(reach - size, 0)
    return [Math.floor(total / 2), total - Math.floor(total / 2)]
  }
  const pad = rule.padding === 'half' ? Math.floor((extent - 1) / 2) : 0
  return [pad, rule.ceil === true ? Math.max(reach - size - pad, pad) : pad]
}

/** The map after the windows. @param channels the input's by default */
export function windowShape(input: TensorShape, rule: WindowRule, channels?: number): ShapeResult {
  if (!isMap(input)) return notAMap(input)
  const height = windowCount(input[0], rule, 0)
  const width = windowCount(input[1], rule, 1)
  if (height < 1 || width < 1) {
    const span = `${windowExtent(rule.kernel[0], rule.dilation)}x${windowExtent(rule.kernel[1], rule.dilation)}`
    return {
      ok: false,
      reason: `a window of ${span} does not fit a map of ${input[0]}x${input[1]} with padding ${rule.padding}`,
    }
  }
  return { ok: true, shape: [height, width, channels ?? input[2]] }
}

export const isMap = (shape: readonly number[]): shape is MapShape => shape.length === 3

/** @throws RangeError for features: cost and window are asked for only where the shape rule has found a map */
export function mapOf(shape: readonly number[]): MapShape {
  if (isMap(shape)) return shape
  throw new RangeError(`A map was expected, received [${shape.join(', ')}]`)
}

/** For whoever wants a map and was given features. */
export const notAMapReason = (shape: TensorShape): string =>
  `expected a map [height, width, channels], received [${shape.join(', ')}]: it is already flattened`

export const notAMap = (shape: TensorShape): ShapeResult => ({ ok: false, reason: notAMapReason(shape) })
