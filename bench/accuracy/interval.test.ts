import { describe, expect, it } from 'vitest'
import { createRandom, type Random } from '../../src/shared/random'
import { pairedInterval, sampleOf, welchInterval } from './interval'

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

describe('pairedInterval', () => {
  it("gives Student's own example", () => {
    // Student 1908, table of Cushny & Peebles; the interval is that of R's t.test(extra ~ group, data = sleep, paired = TRUE).
    const first = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    const second = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2]
    const found = pairedInterval(first, second)
    expect(found.degreesOfFreedom).toBe(9)
    expect(found.mean).toBeCloseTo(1.58, 10)
    expect(found.low).toBeCloseTo(0.7001142, 6)
    expect(found.high).toBeCloseTo(2.4598858, 6)
  })

  it('does not see what the two of a pair have in common', () => {
    const [first, second] = [
      [1, 2, 4],
      [0, 2, 3],
    ]
    const shifts = [10, -20, 300]
    const shifted = pairedInterval(
      first!.map((value, i) => value + shifts[i]!),
      second!.map((value, i) => value + shifts[i]!),
    )
    const plain = pairedInterval(first!, second!)
    expect(shifted.low).toBeCloseTo(plain.low, 9)
    expect(shifted.high).toBeCloseTo(plain.high, 9)
  })

  it('refuses what are not pairs, and pairs that say nothing about their noise', () => {
    expect(() => pairedInterval([1, 2, 3], [1, 2])).toThrow(RangeError)
    expect(() => pairedInterval([1], [2])).toThrow(RangeError)
    expect(() => pairedInterval([1, 2], [2, 3])).toThrow(RangeError)
  })
})

it('describes a sample by its unbiased variance', () => {
  expect(sampleOf([1, 2, 4, 5])).toEqual({ count: 4, mean: 3, variance: 10 / 3 })
})
