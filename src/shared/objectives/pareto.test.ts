import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crowdedOrder, crowdingDistances, dominates, frontOf, nonDominatedSort } from './pareto'

const points = fc.array(fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 3, maxLength: 3 }), { maxLength: 25 })

describe('non-dominated sorting', () => {
  it('puts each point behind exactly those fronts that beat it', () => {
    fc.assert(
      fc.property(points, (all) => {
        const fronts = nonDominatedSort(all)
        expect(fronts.flat().sort((a, b) => a - b)).toEqual(all.map((_, i) => i))
        fronts.forEach((front, rank) => {
          for (const i of front) {
            expect(front.some((j) => dominates(all[j]!, all[i]!))).toBe(false)
            if (rank > 0) expect(fronts[rank - 1]!.some((j) => dominates(all[j]!, all[i]!))).toBe(true)
          }
        })
      }),
    )
  })

  it('has as its first front what `frontOf` gives, but for equal points', () => {
    fc.assert(
      fc.property(points, (all) => {
        const first = new Set((nonDominatedSort(all)[0] ?? []).map((i) => all[i]!.join()))
        expect(new Set(frontOf(all).map((i) => all[i]!.join()))).toEqual(first)
        expect(frontOf(all)).toHaveLength(first.size)
      }),
    )
  })
})

describe('crowding', () => {
  it('is the sum of the sides of the box between neighbours, by hand', () => {
    const front = [
      [0, 10],
      [1, 6],
      [4, 5],
      [10, 0],
    ]
    // Shares of the extents, 10 and 10: 4/10 + 5/10, and 9/10 + 6/10.
    expect(crowdingDistances(front)).toEqual([Infinity, 0.9, 1.5, Infinity])
  })

  it('orders by front, then by crowding', () => {
    const all = [
      [1, 6],
      [4, 5],
      [0, 10],
      [10, 0],
      [1, 1],
    ]
    expect(crowdedOrder(all)).toEqual([2, 3, 1, 0, 4])
  })
})
