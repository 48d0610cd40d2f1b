// Padding of sliding-window kernels, as figures: TensorFlow's SAME and VALID and what a document states explicitly.

export interface ExplicitPadding {
  readonly top: number
  readonly bottom: number
  readonly left: number
  readonly right: number
}

/** `same` is TensorFlow's (at stride 2 it pads unlike torchvision); torchvision's is explicit. */
export type Padding = 'same' | 'valid' | ExplicitPadding

export interface WindowOptions {
  /** `[vertical, horizontal]` */
  readonly strides: readonly [number, number]
  readonly padding: Padding
}

export const NO_PADDING: ExplicitPadding = { top: 0, bottom: 0, left: 0, right: 0 }

/** The same padding on all four sides or `[vertical, horizontal]`. */
export function evenPadding(padding: number | readonly [number, number]): ExplicitPadding {
  const [vertical, horizontal] = typeof padding === 'number' ? [padding, padding] : padding
  return { top: vertical, bottom: vertical, left: horizontal, right: horizontal }
}

/** Rows that TensorFlow's SAME adds in all: enough for ceil(size / stride) windows; the odd one goes behind. */
function sameTotal(size: number, kernel: number, stride: number): number {
  return Math.max(0, (Math.ceil(size / stride) - 1) * stride + kernel - size)
}

/**
 * Padding in figures.
 * @param size input `[height, width]`
 * @param kernel effective `[height, width]`: dilation * (kernel - 1) + 1
 */
export function resolvePadding(
  padding: Padding,
  size: readonly [number, number],
  kernel: readonly [number, number],
  strides: readonly [number, number],
): ExplicitPadding {
  if (padding === 'valid') return NO_PADDING
  if (padding !== 'same') return padding
  const vertical = sameTotal(size[0], kernel[0], strides[0])
  const horizontal = sameTotal(size[1], kernel[1], strides[1])
  const top = Math.floor(vertical / 2)
  const left = Math.floor(horizontal / 2)
  return { top, bottom: vertical - top, left, right: horizontal - left }
}

export const isZeroPadding = ({ top, bottom, left, right }: ExplicitPadding): boolean =>
  top === 0 && bottom === 0 && left === 0 && right === 0

export const isSamePadding = (a: ExplicitPadding, b: ExplicitPadding): boolean =>
  a.top === b.top && a.bottom === b.bottom && a.left === b.left && a.right === b.right
