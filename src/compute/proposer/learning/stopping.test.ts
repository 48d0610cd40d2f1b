// When a phase ends before its last epoch, and which epoch is kept.
import { describe, expect, it } from 'vitest'
import { bestEpoch, hasRisen, keptEpoch } from './stopping'

describe('a phase', () => {
  it('ends when its loss has risen four times in a row, with its best epoch', () => {
    const losses = [5, 2, 3, 4, 5]
    expect(hasRisen(losses)).toBe(false)
    expect(keptEpoch(losses)).toBe(5)
    expect(hasRisen([...losses, 6])).toBe(true)
    expect(keptEpoch([...losses, 6])).toBe(2)
  })

  it('is not ended by noise, and then keeps its last epoch', () => {
    const losses = [2, 3, 4, 5, 4.9, 5.1, 5.2, 5.2, 5.3, 5.4]
    expect(hasRisen(losses)).toBe(false)
    expect(bestEpoch(losses)).toBe(1)
    expect(keptEpoch(losses)).toBe(10)
  })

  it('has none before its first', () => {
    expect(hasRisen([])).toBe(false)
    expect([bestEpoch([]), keptEpoch([])]).toEqual([0, 0])
  })
})
