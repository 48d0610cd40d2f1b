import { describe, expect, it } from 'vitest'
import { LEAST_CURVES, medianBounds } from './end-early'

describe('the bounds of the median rule', () => {
  it('are the median of running averages, by epoch, but for the last', () => {
    const curves = [
      [0.1, 0.3, 0.5],
      [0.2, 0.4, 0.6],
      [0.3, 0.5, 0.7],
      [0.4, 0.6, 0.8],
      [0.5, 0.7, 0.9],
    ]
    const bounds = medianBounds(curves, 3)
    expect(bounds).toHaveLength(2)
    expect(bounds[0]).toBeCloseTo(0.3, 12)
    expect(bounds[1]).toBeCloseTo(0.4, 12)
  })

  it('are none where fewer curves reach than tell anything', () => {
    const few = Array.from({ length: LEAST_CURVES - 1 }, () => [0.5, 0.5])
    expect(medianBounds(few, 3)).toEqual([null, null])
    expect(medianBounds([...few, [0.5]], 3)).toEqual([0.5, null])
    expect(medianBounds([], 1)).toEqual([])
  })
})
