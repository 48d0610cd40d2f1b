// What was learned elsewhere as a prior: believed to begin with, confirmed or given up by results, over however narrow a range.
import { describe, expect, it } from 'vitest'
import { createRandom } from '../random'
import type { Genotype } from '../spaces/space'
import { expectationOf } from './belief'

const random = createRandom(2)
const normal = (): number => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
const at = (value: number): Genotype => ({ value })
const valueOf = (genotype: Genotype): number => Number(genotype['value'])
const belief = { of: valueOf, correlation: 0.6 }
/** Results of which the belief explains so much of the deviation. */
const results = (values: readonly number[], correlation: number) =>
  values.map((value) => ({
    genotype: at(value),
    fitness: correlation * value + Math.sqrt(1 - correlation ** 2) * normal(),
  }))
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const repeated = (count: number, spread: number, middle: number, correlation: number): number =>
  mean(
    Array.from({ length: 200 }, () => {
      const values = Array.from({ length: count }, () => middle + spread * normal())
      return expectationOf(belief, results(values, correlation)).weight
    }),
  )

describe('a belief', () => {
  it('counts from the first result on, less than it is thought to be right', () => {
    const { weight, of, scale } = expectationOf(belief, results([1], 0.6))
    expect(weight).toBeGreaterThan(0.2)
    expect(weight).toBeLessThan(0.6)
    expect(of(at(2))).toBeGreaterThan(of(at(0)))
    expect(of(at(1))).toBe(0)
    expect(scale).toBeCloseTo(1)
  })

  it('grows with results that agree, and goes with results that do not', () => {
    expect(repeated(25, 1, 0, 0.8)).toBeGreaterThan(0.6)
    expect(repeated(25, 1, 0, 0)).toBeLessThan(0.2)
    expect(repeated(12, 1, 0, -0.6)).toBeLessThan(0.1)
  })

  it('is neither confirmed nor given up by results that it chose near each other', () => {
    expect(repeated(12, 0.2, 2, 0.6)).toBeGreaterThan(0.25)
  })

  it('expects of the ranks among few alike what is left of its slope, not the whole of it', () => {
    const narrow = expectationOf(belief, results([1.9, 2, 2.1], 0.6))
    expect(narrow.of(at(2.1)) - narrow.of(at(1.9))).toBeLessThan(0.2)
  })
})
