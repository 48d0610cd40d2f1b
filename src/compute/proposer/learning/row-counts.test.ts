// Rows with counts, draws from them, the entropy bound, and the n-gram baselines against sums done by hand.
import { describe, expect, it } from 'vitest'
import { createRandom } from '@shared/random'
import { fitNGram } from './n-grams'
import { createRowCounter, conditionalEntropy, rowDraws, type RowCounter } from './row-counts'

function counterOf(rows: readonly (readonly number[])[]): RowCounter {
  const counter = createRowCounter(rows[0]!.length)
  for (const row of rows) counter.add(row)
  return counter
}

describe('row counts', () => {
  it('hold each row once with its count, and add up when merged', () => {
    const counter = counterOf([
      [1, 2, 3],
      [1, 2, 4],
      [1, 2, 3],
    ])
    const other = counterOf([[1, 2, 4]])
    counter.merge(other, 2)
    const { count, values, weights, total } = counter.rows()
    expect({ count, total, values: [...values], weights: [...weights] }).toEqual({
      count: 2,
      total: 5,
      values: [1, 2, 3, 1, 2, 4],
      weights: [2, 3],
    })
  })

  it('are drawn in proportion to their counts', () => {
    const counter = createRowCounter(2)
    counter.add([0, 0], 1)
    counter.add([0, 1], 0.5)
    counter.add([0, 2], 6.5)
    const draw = rowDraws(counter.rows())
    const random = createRandom(4)
    const seen = [0, 0, 0]
    for (let i = 0; i < 16_000; i++) seen[draw(random)]!++
    // Expected 2000, 1000, 13000; four standard deviations.
    expect(Math.abs(seen[0]! - 2000)).toBeLessThan(170)
    expect(Math.abs(seen[1]! - 1000)).toBeLessThan(125)
    expect(seen[0]! + seen[1]! + seen[2]!).toBe(16_000)
  })

  it('bound every model by the entropy of the last column given the others', () => {
    const counter = createRowCounter(2)
    counter.add([1, 0], 3)
    counter.add([1, 1], 1)
    counter.add([2, 5], 4)
    const half = -(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25))
    expect(conditionalEntropy(counter)).toBeCloseTo(half / 2, 12)
  })
})

describe('n-grams', () => {
  const training = createRowCounter(3)
  training.add([7, 1, 0], 2)
  training.add([8, 1, 2], 1)
  training.add([9, 3, 2], 1)

  it('interpolate by the rule of Witten and Bell', () => {
    const one = createRowCounter(3)
    one.add([7, 1, 2])
    const uniform = 1 / 4
    const unigram = (2 + 2 * uniform) / (4 + 2) // c(2) = 2 of 4, two kinds
    const bigram = (1 + 2 * unigram) / (3 + 2) // behind 1: 0 twice, 2 once
    const trigram = (0 + 1 * bigram) / (2 + 1) // behind 7 1: 0 twice
    const expected = [uniform, unigram, bigram, trigram]
    expected.forEach((p, order) =>
      expect(fitNGram(training, order, 4).score(one.rows()).loss).toBeCloseTo(-Math.log(p), 12),
    )
  })

  it('fall back on the longest context that they met', () => {
    const strange = createRowCounter(3)
    strange.add([5, 1, 0])
    const rows = strange.rows()
    expect(fitNGram(training, 3, 4).score(rows)).toEqual(fitNGram(training, 2, 4).score(rows))
  })

  it('give probabilities', () => {
    for (let order = 0; order <= 3; order++) {
      const model = fitNGram(training, order, 4)
      const sum = [0, 1, 2, 3].reduce((total, last) => {
        const one = createRowCounter(3)
        one.add([8, 1, last])
        return total + Math.exp(-model.score(one.rows()).loss)
      }, 0)
      expect(sum).toBeCloseTo(1, 12)
    }
  })

  it('refuse an order that the rows do not have', () => {
    expect(() => fitNGram(training, 4, 4)).toThrow(RangeError)
  })
})
