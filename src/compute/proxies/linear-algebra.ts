// Determinants and eigenvalues of symmetric matrices of some hundred rows, in float64.

/** Rounds of rotations: six to ten make a matrix of some hundred rows diagonal (Golub & Van Loan, section 8.5). */
const MOST_SWEEPS = 30
const TINY = 1e-22

/** Logarithm of the absolute determinant, by elimination with row pivots; -Infinity for a singular one. @param matrix square, left as it is */
export function logDeterminant(matrix: readonly Float64Array[]): number {
  const rows = matrix.map((row) => row.slice())
  let logarithm = 0
  for (let k = 0; k < rows.length; k++) {
    let pivot = k
    for (let i = k + 1; i < rows.length; i++) if (Math.abs(rows[i]![k]!) > Math.abs(rows[pivot]![k]!)) pivot = i
    const row = rows[pivot]!
    rows[pivot] = rows[k]!
    rows[k] = row
    const head = row[k]!
    logarithm += Math.log(Math.abs(head))
    if (head === 0) return -Infinity
    for (const below of rows.slice(k + 1)) {
      const factor = below[k]! / head
      if (factor !== 0) for (let j = k; j < row.length; j++) below[j] = below[j]! - factor * row[j]!
    }
  }
  return logarithm
}

/** Ascending, by Jacobi's rotations (1846), cyclic by rows. @param matrix symmetric, left as it is; with what is no number all are NaN */
export function symmetricEigenvalues(matrix: readonly Float64Array[]): number[] {
  const a = matrix.map((row) => row.slice())
  const n = a.length
  if (a.some((row) => row.some((value) => !Number.isFinite(value)))) return a.map(() => NaN)
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let rest = 0
    let all = 0
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        all += a[i]![j]! ** 2
        if (i !== j) rest += a[i]![j]! ** 2
      }
    if (rest <= TINY * all) break
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, p, q)
  }
  return a.map((row, i) => row[i]!).sort((x, y) => x - y)
}

/** Makes the entries of p and q zero, rows and columns alike. */
function rotate(a: readonly Float64Array[], p: number, q: number): void {
  const [rowP, rowQ] = [a[p]!, a[q]!]
  const entry = rowP[q]!
  if (entry === 0) return
  const theta = (rowQ[q]! - rowP[p]!) / (2 * entry)
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
  const c = 1 / Math.sqrt(t * t + 1)
  const s = t * c
  for (const row of a) {
    const [x, y] = [row[p]!, row[q]!]
    row[p] = c * x - s * y
    row[q] = s * x + c * y
  }
  for (let k = 0; k < rowP.length; k++) {
    const [x, y] = [rowP[k]!, rowQ[k]!]
    rowP[k] = c * x - s * y
    rowQ[k] = s * x + c * y
  }
}
