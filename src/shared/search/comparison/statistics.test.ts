// The signed-rank test against scipy 1.17 (`scipy.stats.wilcoxon`, exact; with ties against all signs counted one by one), the
// interval against its own promise.
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../random'
import { bootstrapMean, holm, meanOf, signedRank, smallestP } from './statistics'

const THIRTY = [
  0.376, 1.659, -1.247, 1.159, 0.419, -0.341, 2.3, 1.062, -0.899, 0.377, 0.877, 0.111, 0.983, 0.233, 0.967, 1.739,
  -0.378, 0.503, -0.163, 0.427, -0.887, -0.279, 0.104, 1.199, 1.445, -1.024, -0.495, 0.947, -1.692, -0.164,
]
const SIXTY = [
  -0.297, 1.057, 0.489, -0.527, -0.569, -0.45, 1.324, -0.628, -0.504, 0.153, -0.321, -0.397, -1.314, -0.212, -0.644,
  0.966, 0.453, -0.224, 0.468, -0.54, 0.852, -0.205, 0.383, -1.491, 0.147, -1.888, -2.235, -0.504, -1.1, -0.036, 2.045,
  -1.032, -0.824, 0.005, 0.293, -0.376, -0.406, 0.502, 0.32, -1.234, -0.279, -0.165, -1.254, 0.06, -1.058, 0.772,
  -0.007, -0.111, -0.791, -0.319, -2.198, -1.331, 0.163, -2.329, 0.647, -1.946, 0.557, -1.045, 0.579, -0.069,
]

describe('the signed-rank test', () => {
  it.each<[string, number[], number]>([
    ['six of one sign', [0.5, 0.2, 0.1, 0.9, 0.33, 0.7], 0.03125],
    ['eight', [0.301, 0.599, 0.026, -0.591, -0.155, -0.692, 0.36, 1.64], 0.640625],
    ['ten', [-0.492, -0.62, 0.49, 0.357, 0.105, -0.93, -0.029, 0.695, -1.344, -0.458], 0.375],
    ['thirty', THIRTY, 0.09194962680339813],
    ['ties and zeros', [0, 0, 1, 1, -1, 2, 2, -3, 4, 5, 5, 6], 0.041015625],
    ['one', [0.4], 1],
    ['none that differs', [0, 0, 0], 1],
  ])('counts all signs: %s', (_what, differences, p) => {
    expect(signedRank(differences).p).toBeCloseTo(p, 12)
  })

  it('takes the normal approximation of many, ties counted', () => {
    expect(signedRank(SIXTY).p).toBeCloseTo(0.012062346463907888, 9)
  })

  it('does not care for the sign of all, nor for the order', () => {
    const mirrored = signedRank(THIRTY.map((value) => -value)).p
    expect(mirrored).toBe(signedRank(THIRTY).p)
    expect(signedRank(createRandom(1).shuffle(THIRTY)).p).toBe(mirrored)
  })

  it('knows the smallest that so many pairs can say', () => {
    for (const pairs of [1, 5, 6, 20]) {
      const one = Array.from({ length: pairs }, (_, i) => i + 1)
      expect(signedRank(one).p).toBeCloseTo(smallestP(pairs), 12)
    }
  })
})

it('Holm’s correction grows with the tests, keeps their order and never falls', () => {
  expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06])
  expect(holm([0.5, 0.9])).toEqual([1, 1])
})

describe('the bootstrap interval of a mean', () => {
  it('is the same for the same values, and holds them', () => {
    const { low, high, above } = bootstrapMean(THIRTY)
    expect(bootstrapMean(THIRTY)).toEqual({ low, high, above })
    expect(low).toBeLessThan(meanOf(THIRTY))
    expect(high).toBeGreaterThan(meanOf(THIRTY))
    expect(bootstrapMean([2, 2, 2])).toEqual({ low: 2, high: 2, above: 1 })
  })

  it('is as wide as scipy’s percentile interval', () => {
    // scipy.stats.bootstrap(([THIRTY],), mean, method='percentile', n_resamples=100000): [-0.0258, 0.6431].
    const { low, high } = bootstrapMean(THIRTY)
    expect(low).toBeCloseTo(-0.0258, 1)
    expect(high).toBeCloseTo(0.6431, 1)
  })

  it('covers the true mean in nineteen of twenty samples', () => {
    const random = createRandom(3)
    let covered = 0
    for (let sample = 0; sample < 300; sample++) {
      const values = Array.from({ length: 30 }, () => random.next() + random.next())
      const { low, high } = bootstrapMean(values, 500)
      covered += low <= 1 && 1 <= high ? 1 : 0
    }
    expect(covered / 300).toBeGreaterThan(0.9)
    expect(covered / 300).toBeLessThan(0.985)
  })
})
