import { describe, expect, it } from 'vitest'
import { hypervolumeGain } from '../objectives/hypervolume'
import { createRandom } from '../random'
import { jStat } from 'jstat'
import { acquisitionOf, expectedGrowth, referenceOf } from './acquisition'
import { GaussianProcess } from './gaussian-process'
import type { Prediction } from './gaussian-process'

const front = [
  [-1, 2],
  [0.5, 1],
  [2, -0.5],
]
const reference = [-2, -2]
const believe = (mean: number, deviation: number): Prediction[] => [{ weight: 1, mean, deviation }]

describe('expected growth of the volume under a front', () => {
  it('is the gain itself where nothing is in doubt', () => {
    const growth = expectedGrowth(front, reference)
    for (const point of [
      [1, 1.5],
      [3, 3],
      [0, 0],
      [-1.5, 4],
      [-3, 5],
    ]) {
      const [first = 0, second = 0] = point
      const certain = growth(believe(first, 1e-9), believe(second, 1e-9))
      expect(certain).toBeCloseTo(hypervolumeGain(point, front, reference), 6)
    }
  })

  it('is the mean of the gain over many draws', () => {
    const random = createRandom(7)
    const normal = (): number => jStat.normal.inv((random.next() * 4294967295 + 0.5) / 4294967296, 0, 1)
    const [first, second] = [believe(0.8, 0.6), believe(0.9, 0.8)]
    let sum = 0
    const draws = 40_000
    for (let i = 0; i < draws; i++)
      sum += hypervolumeGain([0.8 + 0.6 * normal(), 0.9 + 0.8 * normal()], front, reference)
    // Of a mean of about 1 with a deviation of about 1: three standard errors.
    expect(Math.abs(expectedGrowth(front, reference)(first, second) - sum / draws)).toBeLessThan(0.02)
  })

  it('of several models is the mean over their pairs', () => {
    const growth = expectedGrowth(front, reference)
    const [low, high] = [believe(0, 0.5), believe(1, 0.5)]
    const both = [...low, ...high].map((each) => ({ ...each, weight: 0.5 }))
    const mean = (growth(low, low) + growth(low, high) + growth(high, low) + growth(high, high)) / 4
    expect(growth(both, both)).toBeCloseTo(mean, 12)
  })
})

const pointAt = (place: number) => ({
  choices: [],
  pathKinds: new Int32Array(),
  pathCounts: new Float64Array(),
  figures: Float64Array.of(place),
})

describe('what evaluating a candidate is worth', () => {
  /** Learned at the whole numbers: the first value rises, the second falls, the third, where asked for, rises. */
  function learned(width: number): GaussianProcess {
    const process = new GaussianProcess()
    for (const place of [0, 1, 2, 3, 4, 5]) process.add(pointAt(place), ...[place, -place, place].slice(0, width))
    process.fit()
    return process
  }

  it.each([1, 2, 3])('under %i objectives is nothing where it is known already, and more beyond the end', (width) => {
    const process = learned(width)
    const { worth } = acquisitionOf(process, false)
    const known = worth(process.distances(pointAt(5)))
    const beyond = worth(process.distances(pointAt(7)))
    expect(known).toBeGreaterThanOrEqual(0)
    expect(beyond).toBeGreaterThan(known)
  })

  it('of three, with bounds, is the same while the front is short; of a long one it reads a part', () => {
    const process = learned(3)
    const [whole, bounded] = [acquisitionOf(process, false), acquisitionOf(process, true)]
    expect(bounded.shortlist).toBeLessThan(whole.shortlist)
    const asked = process.distances(pointAt(7))
    expect(bounded.worth(asked)).toBe(whole.worth(asked))
    expect(bounded.guess(asked)).toBeGreaterThan(bounded.guess(process.distances(pointAt(3))))
    const random = createRandom(3)
    for (let place = 6; place < 80; place++) process.add(pointAt(place), place, -place, random.next())
    process.fit()
    const between = process.distances(pointAt(40.5))
    expect(acquisitionOf(process, true).worth(between)).toBeGreaterThan(acquisitionOf(process, false).worth(between))
  })

  it('measures from below the worst seen', () => {
    expect(
      referenceOf([
        [0, 5],
        [10, 5],
      ]),
    ).toEqual([-1, 4.9])
  })
})

it('goes on from what was solved for a point, to the same figures', () => {
  const process = new GaussianProcess()
  const solved = new Map<object, Float64Array>()
  const asked = pointAt(2.5)
  const ask = (kept: boolean) => process.predictions({ ...process.distances(asked), ...(kept && { solved }) }, 1)
  for (let place = 0; place < 12; place++) {
    process.add(pointAt(place), Math.sin(place))
    process.fit()
    expect(ask(true)).toEqual(ask(false))
  }
  expect(solved.size).toBeGreaterThan(0)
})
