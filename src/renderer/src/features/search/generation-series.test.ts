import { describe, expect, it } from 'vitest'
import { sampleTrial } from '@/testing/samples'
import { generationSeries } from './generation-series'

describe('fitness by generation', () => {
  it('keeps the best ever, the mean of each generation, and leaves out what has no fitness', () => {
    const trials = [
      sampleTrial(1, { generation: 0, fitness: 0.5 }),
      sampleTrial(2, { generation: 0, fitness: 0.3 }),
      sampleTrial(3, { generation: 1, fitness: 0.2 }),
      sampleTrial(4, { generation: 1, fitness: null, state: 'failed' }),
      sampleTrial(5, { generation: 2, fitness: 0.6 }),
    ]
    const { points, best, mean } = generationSeries(trials)
    expect(points.map((point) => point.number)).toEqual([1, 2, 3, 5])
    expect(best).toEqual([
      [1, 0.5],
      [2, 0.5],
      [3, 0.6],
    ])
    expect(mean).toEqual([
      [1, 0.4],
      [2, 0.2],
      [3, 0.6],
    ])
  })

  it('is empty without trials', () => expect(generationSeries([])).toEqual({ points: [], best: [], mean: [] }))
})
