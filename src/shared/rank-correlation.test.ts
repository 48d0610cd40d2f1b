import { describe, expect, it } from 'vitest'
import { createRandom } from './random'
import { kendallInterval, kendallTau } from './rank-correlation'

describe('Kendall’s tau', () => {
  it('is what scipy.stats.kendalltau says, ties too', () => {
    expect(kendallTau([12, 2, 1, 12, 2], [1, 4, 7, 1, 0])).toBeCloseTo(-0.4714045207910316, 12)
    expect(kendallTau([1, 2, 3, 4, 5], [3, 1, 2, 5, 4])).toBeCloseTo(0.4, 12)
    expect(kendallTau([1, 1, 2], [1, 2, 2])).toBeCloseTo(0.5, 12)
  })

  it('is 1 for the same order, -1 for the other, 0 where one does not vary', () => {
    expect(kendallTau([1, 2, 3], [10, 20, 21])).toBe(1)
    expect(kendallTau([1, 2, 3], [3, 2, 1])).toBe(-1)
    expect(kendallTau([1, 1, 1], [3, 2, 1])).toBe(0)
    expect(kendallTau([], [])).toBe(0)
  })

  it('has an interval that holds what is true of many, is narrower with more, and is the same each time', () => {
    const random = createRandom(3)
    const drawn = (count: number) => {
      const a = Array.from({ length: count }, () => random.next())
      return { a, b: a.map((value) => value + random.next()) }
    }
    // Of x and x + y, both uniform, tau is 0.51 (4,000 of them, drawn apart).
    let inside = 0
    for (let i = 0; i < 40; i++) {
      const { a, b } = drawn(30)
      const { low, high } = kendallInterval(a, b)
      inside += low <= 0.55 && high >= 0.45 ? 1 : 0
    }
    expect(inside).toBeGreaterThan(34)
    const few = drawn(10)
    const many = drawn(200)
    const width = ({ low, high }: { low: number; high: number }): number => high - low
    expect(width(kendallInterval(many.a, many.b))).toBeLessThan(width(kendallInterval(few.a, few.b)))
    expect(kendallInterval(few.a, few.b)).toEqual(kendallInterval(few.a, few.b))
    expect(kendallInterval(few.a, few.b).pairs).toBe(45)
  })
})
