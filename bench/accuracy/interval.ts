// Intervals of a difference of two means: paired by what both samples share (Student 1908), and of independent samples whose
// variances may differ (Welch 1947; degrees of freedom: Satterthwaite 1946). Which of them decides is the measurement's affair.
import { jStat } from 'jstat'

export interface Difference {
  /** Mean of the first sample minus mean of the second. */
  readonly mean: number
  readonly low: number
  readonly high: number
  readonly degreesOfFreedom: number
}

interface Sample {
  readonly count: number
  readonly mean: number
  /** Unbiased. */
  readonly variance: number
}

export function sampleOf(values: readonly number[]): Sample {
  const count = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1)
  return { count, mean, variance }
}

const quantile = (confidence: number, degrees: number): number => jStat.studentt.inv(0.5 + confidence / 2, degrees)

/**
 * Of pairs: `first[i]` and `second[i]` share what they were drawn with, here seed, initial weights and order of images.
 * @param confidence in (0, 1)
 * @throws RangeError for other than two or more pairs, or when all differences are equal: then nothing says how sure their mean is
 */
export function pairedInterval(first: readonly number[], second: readonly number[], confidence = 0.95): Difference {
  if (first.length !== second.length || first.length < 2)
    throw new RangeError(`An interval needs two pairs or more, received ${first.length} and ${second.length} values`)
  const { count, mean, variance } = sampleOf(first.map((value, i) => value - second[i]!))
  if (!(variance > 0)) throw new RangeError('The differences do not vary: equal runs are not a sample')
  const degreesOfFreedom = count - 1
  const half = quantile(confidence, degreesOfFreedom) * Math.sqrt(variance / count)
  return { mean, low: mean - half, high: mean + half, degreesOfFreedom }
}

/**
 * @param confidence in (0, 1)
 * @throws RangeError for fewer than two values on a side, or when neither side varies: then nothing says how sure a mean is
 */
export function welchInterval(first: readonly number[], second: readonly number[], confidence = 0.95): Difference {
  if (first.length < 2 || second.length < 2)
    throw new RangeError(`An interval needs two values on each side, received ${first.length} and ${second.length}`)
  const [a, b] = [sampleOf(first), sampleOf(second)]
  const [shareA, shareB] = [a.variance / a.count, b.variance / b.count]
  const variance = shareA + shareB
  if (!(variance > 0)) throw new RangeError('Neither side varies: equal runs are not a sample')
  const degreesOfFreedom = variance ** 2 / (shareA ** 2 / (a.count - 1) + shareB ** 2 / (b.count - 1))
  const half = quantile(confidence, degreesOfFreedom) * Math.sqrt(variance)
  const mean = a.mean - b.mean
  return { mean, low: mean - half, high: mean + half, degreesOfFreedom }
}
