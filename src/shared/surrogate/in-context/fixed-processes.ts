// Five Gaussian processes with fixed hyperparameters. The learner reads what each says of every architecture (of a known one from all
// others: leave-one-out, Rasmussen & Williams 2006, section 5.4.2) and mixes their means: it corrects them rather than starting anew.
import { GrowingCholesky } from '../cholesky'
import type { InContextTask } from './task'

/** Length scales of choices and of descriptors, in mean distances of the known; the prototype's five (docs/method.md#surrogate). */
const ABSENT = Infinity
const SCALES: readonly (readonly [choices: number, figures: number])[] = [
  [0.6, ABSENT],
  [ABSENT, 0.6],
  [1, 1],
  [ABSENT, 1.6],
  [0.6, 2],
]
export const PROCESSES = SCALES.length
const NOISE = 0.15
const LEAST_VARIANCE = 1e-4

export interface ProcessOpinions {
  /** Rows x `PROCESSES`. */
  readonly means: Float64Array
  readonly deviations: Float64Array
}

/** @param task normalised */
export function processOpinions(task: InContextTask): ProcessOpinions {
  const rows = task.known + task.asked
  const opinions = { means: new Float64Array(rows * PROCESSES), deviations: new Float64Array(rows * PROCESSES) }
  SCALES.forEach(([choices, figures], index) => {
    opine(task, -0.5 / choices ** 2, -0.5 / figures ** 2, index, opinions)
  })
  return opinions
}

function opine(
  { known, asked, choices, figures, targets }: InContextTask,
  choiceWeight: number,
  figureWeight: number,
  index: number,
  { means, deviations }: ProcessOpinions,
): void {
  const covariances = new Float64Array(known)
  const covary = (row: number, count: number): void => {
    for (let i = 0, at = row * known; i < count; i++, at++)
      covariances[i] = Math.exp(choiceWeight * choices[at]! + figureWeight * figures[at]!)
  }
  const factor = new GrowingCholesky()
  for (let row = 0; row < known; row++) {
    covary(row, row)
    factor.append(covariances, 1 + NOISE)
  }
  const whitened = targets.slice()
  factor.solveInPlace(whitened)
  const note = (row: number, mean: number, variance: number): void => {
    means[row * PROCESSES + index] = mean
    deviations[row * PROCESSES + index] = Math.sqrt(Math.max(variance, LEAST_VARIANCE))
  }
  // Column `row` of the factor's inverse gives the row of the inverse covariance that leaving it out needs.
  const column = new Float64Array(known)
  for (let row = 0; row < known; row++) {
    column.fill(0)
    column[row] = 1
    factor.solveInPlace(column)
    let precision = 0
    let weighed = 0
    for (let i = row; i < known; i++) {
      precision += column[i]! ** 2
      weighed += column[i]! * whitened[i]!
    }
    note(row, targets[row]! - weighed / precision, 1 / precision - NOISE)
  }
  for (let row = known; row < known + asked; row++) {
    covary(row, known)
    factor.solveInPlace(covariances)
    let mean = 0
    let variance = 1
    for (let i = 0; i < known; i++) {
      mean += covariances[i]! * whitened[i]!
      variance -= covariances[i]! ** 2
    }
    note(row, mean, variance)
  }
}
