// How many positions each window of an average pooling divides by. Pure numbers, one rule for training and export.
import type { WindowRule } from '@shared/architecture/catalogue/window'
import { windowCount, windowPadding } from '@shared/architecture/catalogue/window'

/**
 * Divisor of every window along one axis of `size` positions.
 * Without `countPadding` only positions inside the map count (TensorFlow); with it the padding counts too, but not what a
 * rounded-up last window reaches beyond the padding (PyTorch).
 */
export function averageDivisors(size: number, rule: WindowRule, axis: 0 | 1, countPadding: boolean): number[] {
  const [before] = windowPadding(size, rule, axis)
  const [, after] = windowPadding(size, { ...rule, ceil: false }, axis)
  const first = countPadding ? -before : 0
  const end = countPadding ? size + after : size
  return Array.from({ length: windowCount(size, rule, axis) }, (_, window) => {
    const start = window * rule.stride[axis] - before
    return Math.min(start + rule.kernel[axis], end) - Math.max(start, first)
  })
}

/**
 * What a plain mean over the zero-padded window must be multiplied by, `[windows down, windows across]` row by row;
 * null where that is 1 everywhere.
 */
export function averageCorrection(
  size: readonly [number, number],
  rule: WindowRule,
  countPadding: boolean,
): Float32Array | null {
  const down = averageDivisors(size[0], rule, 0, countPadding)
  const across = averageDivisors(size[1], rule, 1, countPadding)
  const area = rule.kernel[0] * rule.kernel[1]
  const factors = Float32Array.from(down.flatMap((rows) => across.map((columns) => area / (rows * columns))))
  return factors.every((factor) => factor === 1) ? null : factors
}
