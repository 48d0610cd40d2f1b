import { describe, expect, it } from 'vitest'
import { createRandom, type Random } from '../../src/shared/random'
import { sampleOf, welchInterval } from './interval'

/** Box & Muller 1958. */
const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())

describe('welchInterval', () => {
  it("gives SciPy's interval", () => {
    // scipy 1.15.3: stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.95)
    const found = welchInterval([61.2, 60.1, 62.9], [60.4, 60.9, 60.6, 61.7, 58.8])
    expect(found.mean).toBeCloseTo(0.92, 10)
    expect(found.degreesOfFreedom).toBeCloseTo(3.3941714773887672, 10)
    expect(found.low).toBeCloseTo(-1.8923854397048667, 6)
    expect(found.high).toBeCloseTo(3.73238543970487, 6)
  })

  it('has 2n - 2 degrees of freedom for two equal variances', () => {
    // Published two-sided 5 % point of Student's t at 4 degrees of freedom: 2.776.
    const { low, high, degreesOfFreedom } = welchInterval([1, 2, 3], [11, 12, 13])
    expect(degreesOfFreedom).toBeCloseTo(4, 10)
    expect((high - low) / 2).toBeCloseTo(2.776 * Math.sqrt(2 / 3), 3)
  })

  it('holds the true difference about as often as it says', () => {
    const random = createRandom(11)
    const trials = 4000
    let held = 0
    for (let trial = 0; trial < trials; trial++) {
      const first = Array.from({ length: 5 }, () => 2 + 0.6 * normal(random))
      const second = Array.from({ length: 5 }, () => 1 + 0.4 * normal(random))
      const { low, high } = welchInterval(first, second)
      held += Number(low <= 1 && high >= 1)
    }
    // Standard error of 0.95 over 4,000 trials: 0.34 %; Welch is slightly on the safe side with so few values.
    expect(held / trials).toBeGreaterThan(0.94)
    expect(held / trials).toBeLessThan(0.975)
  })

  it('refuses samples that say nothing about their noise', () => {
    expect(() => welchInterval([1], [1, 2])).toThrow(RangeError)
    expect(() => welchInterval([1, 1], [2, 2])).toThrow(RangeError)
  })
})

it('describes a sample by its unbiased variance', () => {
  expect(sampleOf([1, 2, 4, 5])).toEqual({ count: 4, mean: 3, variance: 10 / 3 })
})
