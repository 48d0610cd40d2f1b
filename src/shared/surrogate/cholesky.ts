// The Cholesky factor of a covariance matrix that grows by one point at a time: a row appended costs n² / 2 instead of n³ / 6.

/** Added where rounding would make a matrix of near-equal points indefinite. */
const LEAST_PIVOT = 1e-10

export class GrowingCholesky {
  /** Lower triangle, row by row. */
  private factor = new Float64Array(64)
  private count = 0
  private logPivots = 0

  get size(): number {
    return this.count
  }

  /** Half of the logarithm of the determinant. */
  get halfLogDeterminant(): number {
    return this.logPivots
  }

  /**
   * Takes one more point in.
   * @param covariances with the points that are in, in order; the first `size` are read
   * @param variance its own, noise included
   */
  append(covariances: Float64Array, variance: number): void {
    const { count } = this
    const start = (count * (count + 1)) / 2
    if (start + count + 1 > this.factor.length) {
      const larger = new Float64Array(Math.max(this.factor.length * 2, start + count + 1))
      larger.set(this.factor)
      this.factor = larger
    }
    const row = this.factor.subarray(start, start + count)
    row.set(covariances.subarray(0, count))
    this.solveInPlace(row)
    let pivot = variance
    for (const value of row) pivot -= value * value
    const root = Math.sqrt(Math.max(pivot, LEAST_PIVOT))
    this.factor[start + count] = root
    this.logPivots += Math.log(root)
    this.count++
  }

  /** Takes the newest points out again. @param size those that stay */
  truncate(size: number): void {
    for (; this.count > size; this.count--)
      this.logPivots -= Math.log(this.factor[(this.count * (this.count + 1)) / 2 - 1] ?? 1)
  }

  /**
   * Solves L x = values for the first `values.length` rows, x in their place.
   * @param from the rows before it hold x already
   */
  solveInPlace(values: Float64Array, from = 0): void {
    const { factor } = this
    let at = (from * (from + 1)) / 2
    for (let i = from; i < values.length; i++) {
      let sum = values[i]!
      for (let j = 0; j < i; j++) sum -= factor[at + j]! * values[j]!
      values[i] = sum / factor[at + i]!
      at += i + 1
    }
  }

  /** Solves Lᵀ x = values, as many as there are rows, x in their place. */
  solveTransposedInPlace(values: Float64Array): void {
    const { factor } = this
    for (let i = this.count - 1; i >= 0; i--) {
      const at = (i * (i + 1)) / 2
      const value = values[i]! / factor[at + i]!
      values[i] = value
      for (let j = 0; j < i; j++) values[j]! -= factor[at + j]! * value
    }
  }
}
