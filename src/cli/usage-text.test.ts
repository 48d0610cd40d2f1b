import { describe, expect, it } from 'vitest'
import type { TrialUsage } from '@shared/search/usage'
import { usageColumns, usageText } from './usage-text'

const usage: TrialUsage = {
  cores: 0.973,
  countedSeconds: 60,
  peakMemoryBytes: 612 * 2 ** 20,
  cardUtilisation: null,
  cardReadings: 0,
  peakCardMemoryBytes: null,
}
const onCard: TrialUsage = { ...usage, cardUtilisation: 0.64, cardReadings: 12, peakCardMemoryBytes: 3 * 2 ** 30 }
const none = { device: null, usage: null }

describe('what a trial took, in words', () => {
  it('is a sentence of what was measured', () => {
    expect(usageText({ device: 'CPU X, 1 thread', usage })).toBe(
      'The compute (CPU X, 1 thread) kept 0.97 cores busy on average and held 612.0 MiB of memory at most.',
    )
    expect(usageText({ device: null, usage: onCard })).toBe(
      'The compute kept 0.97 cores busy on average and held 612.0 MiB of memory and 3.0 GiB of card memory at most. The graphics card worked 64.0 % of the time.',
    )
  })

  it('is nothing where nothing was measured', () => {
    expect(usageText(none)).toBeNull()
    expect(usageText({ device: 'CPU', usage: null })).toBeNull()
    expect(usageText({ device: 'CPU', usage: { ...usage, cores: null, peakMemoryBytes: null } })).toBeNull()
  })

  it('has the columns in which something stands, empty for trials of before', () => {
    expect(usageColumns([none, none]).names).toEqual([])
    const measured = { device: 'CPU', usage }
    const { names, cells } = usageColumns([none, measured])
    expect(names).toEqual(['>Cores', '>Memory'])
    expect([cells(none), cells(measured)]).toEqual([
      ['', ''],
      ['0.97', '612.0 MiB'],
    ])
    expect(usageColumns([{ device: 'GPU', usage: onCard }]).names).toEqual(['>Cores', '>Memory', '>Card'])
  })
})
