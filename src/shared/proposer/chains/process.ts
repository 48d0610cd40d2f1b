// The regression behind the judge of chains: a Gaussian process over figures in two groups, how often each block occurs and everything
// else, each with a length scale of its own (Rasmussen & Williams 2006, chapters 2 and 5). Scales and noise are chosen once, by marginal
// likelihood over a grid; the likeliest are averaged. What is kept is enough to predict, not to go on learning.
import { GrowingCholesky } from '../../surrogate/cholesky'

/** What one pair of length scales, noise and weights makes of the corpus. */
export interface ProcessModel {
  /** Inverse squared length scales of both groups, in mean squared deviations. */
  readonly counts: number
  readonly traits: number
  readonly noise: number
  /** Share in the average; all sum to 1. */
  readonly share: number
  readonly mean: number
  /** One for each row of the corpus. */
  readonly weights: Float64Array
}

/** Length scales in root mean squared deviations; a group that is left out has none. */
const TRAIT_SCALES = [0.5, 0.7, 1, 1.4, 2, 3]
const COUNT_SCALES = [1, 2, 4, Infinity]
const NOISES = [0.05, 0.1, 0.2, 0.4, 0.8]
const AVERAGED = 5

/** Mean squared difference over the columns from `from` to `to`. */
function meanSquare(a: Float64Array, b: Float64Array, from: number, to: number): number {
  let sum = 0
  for (let i = from; i < to; i++) sum += (a[i]! - b[i]!) ** 2
  return to === from ? 0 : sum / (to - from)
}

const inverse = (scale: number): number => (scale === Infinity ? 0 : 1 / scale ** 2)

/**
 * @param rows of figures, the first `counted` of them counts of blocks
 * @param targets of the same length, about standard normal
 */
export function fitProcess(rows: readonly Float64Array[], counted: number, targets: readonly number[]): ProcessModel[] {
  const distances = rows.map((row, i) =>
    rows
      .slice(0, i)
      .map((other) => [meanSquare(row, other, 0, counted), meanSquare(row, other, counted, row.length)] as const),
  )
  const mean = targets.reduce((sum, value) => sum + value, 0) / targets.length
  const centred = targets.map((value) => value - mean)
  const fitted = COUNT_SCALES.flatMap((countScale) =>
    TRAIT_SCALES.flatMap((traitScale) =>
      NOISES.map((noise) => {
        const [counts, traits] = [inverse(countScale), inverse(traitScale)]
        const factor = new GrowingCholesky()
        for (const row of distances)
          factor.append(
            Float64Array.from(row, ([first, second]) => Math.exp(-0.5 * (counts * first + traits * second))),
            1 + noise,
          )
        const solved = Float64Array.from(centred)
        factor.solveInPlace(solved)
        const squares = solved.reduce((sum, value) => sum + value * value, 0)
        return { counts, traits, noise, factor, solved, evidence: -0.5 * squares - factor.halfLogDeterminant }
      }),
    ),
  )
  fitted.sort((a, b) => b.evidence - a.evidence)
  const likeliest = fitted.slice(0, AVERAGED)
  const highest = likeliest[0]?.evidence ?? 0
  const total = likeliest.reduce((sum, { evidence }) => sum + Math.exp(evidence - highest), 0)
  return likeliest.map(({ counts, traits, noise, factor, solved, evidence }) => {
    factor.solveTransposedInPlace(solved)
    return { counts, traits, noise, share: Math.exp(evidence - highest) / total, mean, weights: solved }
  })
}

/** What the models expect of a row together, in the targets' units. */
export function predict(
  models: readonly ProcessModel[],
  rows: readonly Float64Array[],
  counted: number,
  at: Float64Array,
): number {
  const sums = models.map(({ mean }) => mean)
  for (const [i, row] of rows.entries()) {
    const first = meanSquare(row, at, 0, counted)
    const second = meanSquare(row, at, counted, at.length)
    for (const [m, { counts, traits, weights }] of models.entries())
      sums[m]! += weights[i]! * Math.exp(-0.5 * (counts * first + traits * second))
  }
  return models.reduce((sum, { share }, m) => sum + share * sums[m]!, 0)
}
