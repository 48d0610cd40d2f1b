import { expect, it } from 'vitest'
import { rankCorrelation } from './rank-correlation'

it('is Spearman’s, equal values sharing the mean of their ranks', () => {
  expect(rankCorrelation([1, 2, 3, 4], [10, 20, 30, 40])).toBeCloseTo(1, 12)
  expect(rankCorrelation([1, 2, 3, 4], [4, 3, 2, 1])).toBeCloseTo(-1, 12)
  // scipy.stats.spearmanr([1, 2, 2, 5, 7], [3, 1, 4, 4, 9]).statistic
  expect(rankCorrelation([1, 2, 2, 5, 7], [3, 1, 4, 4, 9])).toBeCloseTo(0.763157894736842, 12)
  expect(rankCorrelation([1], [1])).toBeNull()
  expect(rankCorrelation([1, 1], [1, 2])).toBeNull()
})
