// Explicit padding and striding against float64, and what SAME means.
import { describe, expect, it } from 'vitest'
import { type Tensor4D } from '../backend'
import { expectRightGradients } from '../testing/gradient-check'
import { pad2d, stride2d } from './pad'
import { NO_PADDING, resolvePadding } from './padding'

describe('padding and striding', () => {
  it('pads with a value', () => {
    const padding = { top: 1, bottom: 0, left: 0, right: 2 }
    expectRightGradients({
      shapes: [[1, 2, 2, 2]],
      native: ([x]) => pad2d(x as Tensor4D, padding, 0.5),
      float64: ([x]) => {
        const y = new Float64Array(3 * 4 * 2).fill(0.5)
        for (let i = 0; i < 8; i++) y[(Math.floor(i / 4) + 1) * 8 + (i % 4)] = x![i]!
        return y
      },
    })
  })
  it('takes every n-th row and column', () => {
    expectRightGradients({
      shapes: [[1, 5, 4, 1]],
      native: ([x]) => stride2d(x as Tensor4D, [2, 3]),
      float64: ([x]) => Float64Array.from([0, 3, 8, 11, 16, 19], (i) => x![i]!),
    })
  })
  it('resolves SAME as TensorFlow does: the odd row behind', () => {
    expect(resolvePadding('same', [8, 7], [3, 3], [2, 2])).toEqual({ top: 0, bottom: 1, left: 1, right: 1 })
    expect(resolvePadding('same', [8, 8], [1, 1], [2, 2])).toEqual(NO_PADDING)
  })
})
