import { expect, it } from 'vitest'
import { costOf } from './cost'

it('takes the difference within each round, so that a slow round does not count as a cost', () => {
  // The machine is busy in rounds 3 and 4; the option costs 10 ms all the same.
  const baseline = [100, 102, 300, 310, 101]
  const times = baseline.map((time) => time + 10)
  expect(costOf(times, baseline)).toEqual({ medianMs: 112, extraMs: 10, share: 10 / 102 })
})

it('tells an option that makes steps shorter', () => {
  expect(costOf([90, 90, 90], [100, 100, 100]).share).toBe(-0.1)
})

it('refuses rounds without a partner', () => {
  expect(() => costOf([1], [1, 2])).toThrow(RangeError)
})
