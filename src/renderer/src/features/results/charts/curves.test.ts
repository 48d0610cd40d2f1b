import { describe, expect, it } from 'vitest'
import { sampleTrial } from '@/testing/samples'
import { bestSoFar } from './curves'

describe('best so far', () => {
  it('carries the best fitness over trials without one', () => {
    const trials = [0.2, null, 0.1, 0.4].map((fitness, index) => sampleTrial(index + 1, { fitness }))
    expect(bestSoFar(trials)).toEqual([
      [1, 0.2],
      [3, 0.2],
      [4, 0.4],
    ])
  })
})
