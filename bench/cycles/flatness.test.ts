import { describe, expect, it } from 'vitest'
import { flatnessOf, spreadOf } from './flatness'

const series = (count: number, value: (index: number) => number): number[] =>
  Array.from({ length: count }, (_, i) => value(i))

describe('flatnessOf', () => {
  it('leaves the start out, where caches fill', () => {
    const { before, after, change } = flatnessOf(series(1000, (cycle) => (cycle < 100 ? cycle : 300)))
    expect([before, after, change]).toEqual([300, 300, 0])
  })

  it('sees a leak of a thousandth a cycle', () => {
    // Middles of [100, 200) and [900, 1000): 149 and 949, the lower of two.
    expect(flatnessOf(series(1000, (cycle) => 1000 + cycle)).change).toBeCloseTo(1949 / 1149 - 1, 12)
  })

  it('is not moved by single jumps', () => {
    expect(flatnessOf(series(1000, (cycle) => (cycle % 3 === 0 ? 900 : 300))).change).toBe(0)
  })

  it('refuses a series without a tenth', () => {
    expect(() => flatnessOf(series(9, () => 1))).toThrow(RangeError)
  })
})

it('measures the spread', () => {
  expect(spreadOf([3, 1, 2])).toBe(2)
  expect(spreadOf([])).toBe(0)
})
