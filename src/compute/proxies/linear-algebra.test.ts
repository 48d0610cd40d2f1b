import { describe, expect, it } from 'vitest'
import { createRandom } from '@shared/random'
import { logDeterminant, symmetricEigenvalues } from './linear-algebra'

function symmetric(size: number, seed: number): Float64Array[] {
  const random = createRandom(seed)
  const rows = Array.from({ length: size }, () => Float64Array.from({ length: size }, () => random.next() - 0.5))
  return rows.map((row, i) => row.map((value, j) => value + rows[j]![i]!))
}

describe('eigenvalues of a symmetric matrix', () => {
  it('are those known by hand', () => {
    const values = symmetricEigenvalues([Float64Array.of(2, 1), Float64Array.of(1, 2)])
    expect(values[0]).toBeCloseTo(1, 12)
    expect(values[1]).toBeCloseTo(3, 12)
  })

  it('sum to the trace, their squares to the squares of all entries, their logarithms to the determinant’s', () => {
    for (const size of [1, 2, 5, 40]) {
      const matrix = symmetric(size, size)
      const values = symmetricEigenvalues(matrix)
      const sum = (of: (value: number) => number): number => values.reduce((all, value) => all + of(value), 0)
      expect(sum((value) => value)).toBeCloseTo(
        matrix.reduce((trace, row, i) => trace + row[i]!, 0),
        9,
      )
      const squares = matrix.flatMap((row) => [...row]).reduce((all, value) => all + value * value, 0)
      expect(sum((value) => value * value)).toBeCloseTo(squares, 8)
      expect(sum((value) => Math.log(Math.abs(value)))).toBeCloseTo(logDeterminant(matrix), 7)
      expect(values).toEqual([...values].sort((a, b) => a - b))
    }
  })

  it('of what is no number are none', () => {
    expect(symmetricEigenvalues([Float64Array.of(1, NaN), Float64Array.of(NaN, 1)])).toEqual([NaN, NaN])
  })
})

describe('the logarithm of a determinant', () => {
  it('is that known by hand, whatever the sign, and -Infinity for a singular matrix', () => {
    expect(logDeterminant([Float64Array.of(0, 2), Float64Array.of(3, 1)])).toBeCloseTo(Math.log(6), 12)
    expect(logDeterminant([Float64Array.of(1, 2), Float64Array.of(2, 4)])).toBe(-Infinity)
  })
})
