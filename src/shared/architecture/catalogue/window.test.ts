// Explicit padding against the published rules of PyTorch and TensorFlow.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { windowCount, windowPadding, type WindowRule } from './window'

const rule = (kernel: number, stride: number, rest: Partial<WindowRule> = {}): WindowRule => ({
  kernel: [kernel, kernel],
  stride: [stride, stride],
  dilation: 1,
  padding: 'half',
  ...rest,
})

describe('padding', () => {
  it('is even for half and uneven at the end for same', () => {
    expect(windowPadding(224, rule(7, 2), 0)).toEqual([3, 3])
    // TensorFlow's guide to SAME: (112 - 1) * 2 + 5 - 224 = 3 in all, the odd one at the end.
    expect(windowPadding(224, rule(5, 2, { padding: 'same' }), 0)).toEqual([1, 2])
    expect(windowPadding(224, rule(3, 2, { padding: 'same' }), 0)).toEqual([0, 1])
    expect(windowPadding(9, rule(3, 1, { padding: 'none' }), 0)).toEqual([0, 0])
    expect(windowPadding(9, rule(3, 1, { dilation: 2 }), 0)).toEqual([2, 2])
  })

  it('includes what a rounded-up last window reaches over the edge', () => {
    expect(windowPadding(112, rule(3, 2, { padding: 'none', ceil: true }), 0)).toEqual([0, 1])
    expect(windowPadding(14, rule(2, 2, { padding: 'none', ceil: true }), 0)).toEqual([0, 0])
  })

  it('makes a plain VALID operation give the same number of windows', () => {
    const rules = fc.record({
      kernel: fc.integer({ min: 1, max: 9 }),
      stride: fc.integer({ min: 1, max: 4 }),
      dilation: fc.integer({ min: 1, max: 3 }),
      padding: fc.constantFrom('half' as const, 'same' as const, 'none' as const),
      ceil: fc.boolean(),
    })
    fc.assert(
      fc.property(rules, fc.integer({ min: 1, max: 60 }), ({ kernel, stride, ...rest }, size) => {
        const window = rule(kernel, stride, rest)
        const count = windowCount(size, window, 0)
        fc.pre(count > 0)
        const [before, after] = windowPadding(size, window, 0)
        const extent = rest.dilation * (kernel - 1) + 1
        expect(Math.floor((size + before + after - extent) / stride) + 1).toBe(count)
        expect(Math.min(before, after)).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: 2000, seed: 13 },
    )
  })
})
