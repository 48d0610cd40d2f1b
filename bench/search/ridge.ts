// Ridge regression on standardised columns, its penalty by leave-one-out (Hastie, Tibshirani & Friedman, 3.4.1 and 7.10).
import { GrowingCholesky } from '../../src/shared/surrogate/cholesky'

const PENALTIES = [3, 10, 30, 100, 300, 1000]
const TINY = 1e-9

export interface Ridge {
  readonly of: (row: readonly number[]) => number
  /** Share of the variance that leave-one-out explains. */
  readonly explained: number
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

/** @param rows of one length @param values of what they came to */
export function ridge(rows: readonly (readonly number[])[], values: readonly number[]): Ridge {
  const width = rows[0]?.length ?? 0
  const means = Array.from({ length: width }, (_, i) => rows.reduce((sum, row) => sum + row[i]!, 0) / rows.length)
  const deviations = means.map((mean, i) =>
    Math.sqrt(rows.reduce((sum, row) => sum + (row[i]! - mean) ** 2, 0) / rows.length),
  )
  const scaled = (row: readonly number[]): Float64Array =>
    Float64Array.from(row, (value, i) => (deviations[i]! < TINY ? 0 : (value - means[i]!) / deviations[i]!))
  const known = rows.map(scaled)
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const centred = values.map((value) => value - mean)
  const variance = dot(centred, centred)
  const products = known.map((row) => known.map((other) => dot(row, other)))
  // In its dual form a process with a linear kernel; the residuals without each one follow from the inverse (Rasmussen & Williams, 5.4.2).
  const fits = PENALTIES.map((penalty) => {
    const factor = new GrowingCholesky()
    products.forEach((row, i) => factor.append(Float64Array.from(row.slice(0, i)), row[i]! + penalty))
    const solve = (vector: Float64Array): Float64Array => {
      factor.solveInPlace(vector)
      factor.solveTransposedInPlace(vector)
      return vector
    }
    const alpha = solve(Float64Array.from(centred))
    let squares = 0
    for (let i = 0; i < known.length; i++) {
      const unit = new Float64Array(known.length)
      unit[i] = 1
      squares += (alpha[i]! / solve(unit)[i]!) ** 2
    }
    const weights = Float64Array.from({ length: width }, (_, j) =>
      known.reduce((sum, row, i) => sum + row[j]! * alpha[i]!, 0),
    )
    return { squares, weights }
  })
  const best = fits.reduce((a, b) => (b.squares < a.squares ? b : a))
  return {
    of: (row) => mean + dot(scaled(row), best.weights),
    explained: Math.max(0, 1 - best.squares / variance),
  }
}
