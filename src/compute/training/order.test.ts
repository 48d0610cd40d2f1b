import { describe, expect, it } from 'vitest'
import { epochOrder, stepSeed, stepsPerEpoch } from './order'

describe('epochOrder', () => {
  it('holds every position once', () => {
    expect([...epochOrder(1000, 3, 1)].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i))
  })

  it('is the same for the same seed and epoch and different otherwise', () => {
    expect(epochOrder(50, 3, 2)).toEqual(epochOrder(50, 3, 2))
    expect(epochOrder(50, 3, 2)).not.toEqual(epochOrder(50, 3, 1))
    expect(epochOrder(50, 3, 2)).not.toEqual(epochOrder(50, 4, 2))
  })

  it('puts every position first about equally often', () => {
    const first = [0, 0, 0, 0]
    for (let epoch = 1; epoch <= 4000; epoch++) first[epochOrder(4, 1, epoch)[0]!]!++
    // Binomial(4000, 1/4): mean 1000, deviation 27; five deviations either side.
    for (const count of first) expect(Math.abs(count - 1000)).toBeLessThan(137)
  })
})

it('gives every step its own seed', () => {
  const seeds = new Set<string>()
  for (let epoch = 1; epoch <= 3; epoch++)
    for (let step = 0; step < 100; step++) seeds.add(stepSeed(1, epoch, step).join())
  expect(seeds.size).toBe(300)
})

it('trains at least one step on fewer images than a batch holds', () => {
  expect([stepsPerEpoch(10, 64), stepsPerEpoch(64, 64), stepsPerEpoch(130, 64)]).toEqual([1, 1, 2])
})
