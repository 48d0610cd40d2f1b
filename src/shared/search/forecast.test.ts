// Planned trials and the forecast: bounds, monotony, and how often the range holds on simulated runs.
import { describe, expect, it } from 'vitest'
import { createRandom } from '../random'
import { forecastRemaining, type ForecastInput } from './forecast'
import { plannedEvaluations } from './planning'

const base: ForecastInput = {
  finishedSeconds: [60, 60, 60, 60],
  runningSeconds: [],
  remaining: 20,
  populationSize: 10,
  computes: 1,
  secondsLeft: null,
}
const middle = (input: Partial<ForecastInput>): number => {
  const range = forecastRemaining({ ...base, ...input })!
  return Math.sqrt(range.low * range.high)
}

describe('planned evaluations', () => {
  it('are all generations, or the limit where that is less', () => {
    expect(plannedEvaluations({ populationSize: 30, generations: 20, maxEvaluations: null })).toBe(600)
    expect(plannedEvaluations({ populationSize: 30, generations: 20, maxEvaluations: 12 })).toBe(12)
    expect(plannedEvaluations({ populationSize: 2, generations: 3, maxEvaluations: 100 })).toBe(6)
  })
})

describe('the forecast', () => {
  it('is unknown before a trial has finished and nothing when none remains', () => {
    expect(forecastRemaining({ ...base, finishedSeconds: [] })).toBeNull()
    expect(forecastRemaining({ ...base, finishedSeconds: [], remaining: 0 })).toEqual({ low: 0, high: 0 })
  })

  it('centres on trials times their mean, less what running ones have done', () => {
    expect(middle({})).toBeCloseTo(20 * 60)
    expect(middle({ runningSeconds: [45] })).toBeCloseTo(20 * 60 - 45)
    // A trial that runs longer than the mean is due, and not done.
    expect(middle({ runningSeconds: [500] })).toBeCloseTo(20 * 60 - 48)
  })

  it('leaves something of a trial that still trains, however long it has taken', () => {
    for (const seconds of [0, 59, 60, 6000]) {
      const { low, high } = forecastRemaining({ ...base, remaining: 1, runningSeconds: [seconds] })!
      expect(low).toBeGreaterThan(1)
      expect(high).toBeLessThan(150)
      expect(high).toBeGreaterThan(2 * low)
    }
    expect(forecastRemaining({ ...base, finishedSeconds: [0, 0] })).toEqual({ low: 0, high: 0 })
  })

  it('counts the computes that wait for the end of a generation', () => {
    // Ten trials on four computes are three rounds, not two and a half.
    expect(middle({ computes: 4 })).toBeCloseTo(2 * 3 * 60)
  })

  it('narrows with every finished trial and stays inside the time limit', () => {
    const width = (count: number): number => {
      const range = forecastRemaining({ ...base, finishedSeconds: new Array<number>(count).fill(60) })!
      return range.high - range.low
    }
    expect(width(1)).toBeGreaterThan(width(4))
    expect(width(4)).toBeGreaterThan(width(40))
    expect(forecastRemaining({ ...base, secondsLeft: 30 })).toEqual({ low: 30, high: 30 })
    expect(forecastRemaining({ ...base, secondsLeft: -5 })).toEqual({ low: 0, high: 0 })
  })

  it('holds about as often as it says, with trials that differ by a factor of four', () => {
    const random = createRandom(1)
    let held = 0
    for (let run = 0; run < 1000; run++) {
      const trial = (): number => 30 + 90 * random.next()
      const finishedSeconds = Array.from({ length: 8 }, trial)
      const truth = Array.from({ length: 40 }, trial).reduce((sum, seconds) => sum + seconds, 0)
      const range = forecastRemaining({ ...base, finishedSeconds, remaining: 40, populationSize: 40 })!
      if (truth >= range.low && truth <= range.high) held++
    }
    expect(held / 1000).toBeGreaterThan(0.7)
    expect(held / 1000).toBeLessThan(0.95)
  })
})
