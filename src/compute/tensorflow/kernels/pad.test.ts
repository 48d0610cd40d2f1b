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
  it.each([
    { shape: [1, 5, 4, 1], strides: [2, 3] },
    { shape: [2, 4, 6, 2], strides: [2, 3] },
    { shape: [2, 3, 4, 2], strides: [1, 2] },
    { shape: [2, 4, 3, 2], strides: [3, 1] },
    { shape: [1, 2, 2, 1], strides: [4, 4] },
  ] as const)('takes every n-th row and column: $strides of $shape', ({ shape, strides: [vertical, horizontal] }) => {
    const [batch, height, width, channels] = shape
    const at: number[] = []
    for (let image = 0; image < batch; image++)
      for (let row = 0; row < height; row += vertical)
        for (let column = 0; column < width; column += horizontal)
          for (let channel = 0; channel < channels; channel++)
            at.push(((image * height + row) * width + column) * channels + channel)
    expectRightGradients({
      shapes: [shape],
      native: ([x]) => stride2d(x as Tensor4D, [vertical, horizontal]),
      float64: ([x]) => Float64Array.from(at, (i) => x![i]!),
    })
  })
  it('resolves SAME as TensorFlow does: the odd row behind', () => {
    expect(resolvePadding('same', [8, 7], [3, 3], [2, 2])).toEqual({ top: 0, bottom: 1, left: 1, right: 1 })
    expect(resolvePadding('same', [8, 8], [1, 1], [2, 2])).toEqual(NO_PADDING)
  })
})
