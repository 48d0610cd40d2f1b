import { describe, expect, it } from 'vitest'
import { addUsage, type TrialUsage } from './usage'

const usage = (change: Partial<TrialUsage> = {}): TrialUsage => ({
  cores: 1,
  countedSeconds: 10,
  peakMemoryBytes: 500,
  cardUtilisation: null,
  cardReadings: 0,
  peakCardMemoryBytes: null,
  ...change,
})

describe('two attempts together', () => {
  it('weigh by how long each was counted; of memory the larger peak counts', () => {
    const card = { cardUtilisation: 0.5, cardReadings: 1, peakCardMemoryBytes: 70 }
    const first = usage(card)
    const second = usage({
      ...card,
      cores: 2,
      countedSeconds: 30,
      peakMemoryBytes: 400,
      cardUtilisation: 0.8,
      cardReadings: 2,
    })
    const together = {
      cores: 1.75,
      countedSeconds: 40,
      peakMemoryBytes: 500,
      cardUtilisation: expect.closeTo(0.7) as unknown,
      cardReadings: 3,
      peakCardMemoryBytes: 70,
    }
    expect(addUsage(first, second)).toEqual(together)
    expect(addUsage(second, first)).toEqual(together)
  })

  it('are the one of which something was measured', () => {
    const none = usage({ cores: null, countedSeconds: 0, peakMemoryBytes: null })
    expect(addUsage(none, usage())).toEqual(usage())
    expect(addUsage(usage(), none)).toEqual(usage())
    expect(addUsage(none, none)).toEqual(none)
    expect(addUsage(null, usage())).toEqual(usage())
    expect(addUsage(usage(), null)).toEqual(usage())
    expect(addUsage(null, null)).toBeNull()
  })
})
