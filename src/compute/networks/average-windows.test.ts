import type { WindowRule } from '@shared/architecture/catalogue/window'
import { describe, expect, it } from 'vitest'
import { averageCorrection, averageDivisors } from './average-windows'

const rule = (kernel: number, stride: number, padding: WindowRule['padding'], ceil = false): WindowRule => ({
  kernel: [kernel, kernel],
  stride: [stride, stride],
  dilation: 1,
  padding,
  ceil,
})

describe('averageDivisors', () => {
  // Counted by hand on paper: windows listed as the input positions they cover, P for padding.
  it.each([
    // P01 123 345
    ['half, 3 at stride 2, outside left out', 6, rule(3, 2, 'half'), false, [2, 3, 3]],
    ['half, 3 at stride 2, padding counted', 6, rule(3, 2, 'half'), true, [3, 3, 3]],
    // P01 123 34P: three windows reach two beyond, one on each side
    ['same, 3 at stride 2, odd size', 5, rule(3, 2, 'same'), false, [2, 3, 2]],
    ['same, 3 at stride 1', 4, rule(3, 1, 'same'), false, [2, 3, 3, 2]],
    // 01 23 4-: the last window hangs over without any padding
    ['none, rounded up', 5, rule(2, 2, 'none', true), true, [2, 2, 1]],
    // P012 2345 56P-: the place after the padding never counts
    ['half, rounded up, padding counted', 7, rule(4, 3, 'half', true), true, [4, 4, 3]],
  ])('%s', (_, size, window, countPadding, expected) => {
    expect(averageDivisors(size, window, 0, countPadding)).toEqual(expected)
  })
})

describe('averageCorrection', () => {
  it('is null where every window is full', () => {
    expect(averageCorrection([6, 6], rule(2, 2, 'none'), false)).toBeNull()
    expect(averageCorrection([6, 6], rule(3, 1, 'half'), true)).toBeNull()
  })

  it('multiplies both axes', () => {
    const factors = averageCorrection([2, 3], rule(3, 1, 'same'), false)!
    // Down 2, 2; across 2, 3, 2.
    expect([...factors]).toEqual([9 / 4, 9 / 6, 9 / 4, 9 / 4, 9 / 6, 9 / 4].map(Math.fround))
  })
})
