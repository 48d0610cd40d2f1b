import { describe, expect, it } from 'vitest'
import { learningRateAt } from './schedule'

const base = { learningRate: 0.1, warmUp: 0.1, milestones: [0.75, 0.5], stepFactor: 0.2 }
const curve = (schedule: 'cosine' | 'step' | 'linear-warm-up' | 'constant', warmUp = 0.1) =>
  Array.from({ length: 100 }, (_, step) => learningRateAt({ ...base, warmUp, schedule }, step, 100))

describe('learningRateAt', () => {
  it('rises linearly to the peak over the warm-up, never starting at 0', () => {
    const rates = curve('cosine')
    expect(rates[0]).toBeCloseTo(0.01)
    expect(rates[4]).toBeCloseTo(0.05)
    expect(rates[9]).toBeCloseTo(0.1)
  })

  it('falls along half a cosine to nearly 0', () => {
    const rates = curve('cosine')
    expect(rates[10]).toBeCloseTo(0.1)
    expect(rates[55]).toBeCloseTo(0.05)
    expect(rates[99]!).toBeLessThan(0.001)
    for (let step = 11; step < 100; step++) expect(rates[step]!).toBeLessThan(rates[step - 1]!)
  })

  it('stays at the peak after a linear warm-up, and everywhere when constant', () => {
    expect(curve('linear-warm-up').slice(10)).toEqual(Array(90).fill(0.1))
    expect(curve('constant')).toEqual(Array(100).fill(0.1))
  })

  it('falls by the factor at each milestone, in whatever order they are given', () => {
    const rates = curve('step')
    expect(rates[4]).toBeCloseTo(0.05)
    for (const [step, rate] of [
      [10, 0.1],
      [49, 0.1],
      [50, 0.02],
      [74, 0.02],
      [75, 0.004],
      [99, 0.004],
    ] as const)
      expect(rates[step]).toBeCloseTo(rate, 12)
  })

  it('takes a warm-up of nothing and of everything', () => {
    expect(curve('cosine', 0)[0]).toBeCloseTo(0.1)
    expect(curve('linear-warm-up', 1)[99]).toBeCloseTo(0.1)
    expect(curve('cosine', 1).every(Number.isFinite)).toBe(true)
  })
})
