// How much better than the best so far a candidate can be expected to be (Jones, Schonlau & Welch 1998, equation 15).
import { jStat } from 'jstat'
import type { Prediction } from './gaussian-process'

/**
 * The mean over models that disagree on the hyperparameters.
 * @param best the value to beat, on the scale of the predictions @returns 0 or above
 */
export function expectedImprovement(predictions: readonly Prediction[], best: number): number {
  let sum = 0
  for (const { weight, mean, deviation } of predictions) {
    const z = (mean - best) / deviation
    sum += weight * deviation * (z * jStat.normal.cdf(z, 0, 1) + jStat.normal.pdf(z, 0, 1))
  }
  return sum
}
