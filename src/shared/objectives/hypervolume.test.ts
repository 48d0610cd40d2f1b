import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hypervolume, hypervolumeGain } from './hypervolume'
import { hypervolumeReached } from './progress'

const point = (width: number) => fc.array(fc.integer({ min: 0, max: 5 }), { minLength: width, maxLength: width })

/** Unit boxes that a point of the set covers, counted one by one. */
function counted(points: readonly number[][], width: number): number {
  let count = 0
  const corner = new Array<number>(width).fill(0)
  const walk = (axis: number): void => {
    if (axis === width) {
      if (points.some((each) => each.every((value, i) => value > corner[i]!))) count++
      return
    }
    for (let value = 0; value < 5; value++) {
      corner[axis] = value
      walk(axis + 1)
    }
  }
  walk(0)
  return count
}

describe('hypervolume', () => {
  it.each([2, 3, 4])('of %i objectives is the number of boxes that are covered', (width) => {
    fc.assert(
      fc.property(fc.array(point(width), { maxLength: 8 }), (points) => {
        expect(hypervolume(points, new Array<number>(width).fill(0))).toBe(counted(points, width))
      }),
    )
  })

  it('grows by the gain of a point', () => {
    fc.assert(
      fc.property(fc.array(point(3), { maxLength: 6 }), point(3), (points, added) => {
        const reference = [0, 0, 0]
        const gain = hypervolume([...points, added], reference) - hypervolume(points, reference)
        expect(hypervolumeGain(added, points, reference)).toBe(gain)
      }),
    )
  })

  it('counts nothing below the reference', () => {
    expect(hypervolume([[5, -1]], [0, 0])).toBe(0)
    expect(hypervolume([[-2, 3, 3]], [-3, 0, 0])).toBe(9)
  })
})

describe('the figure of progress', () => {
  const ten = Array.from({ length: 10 }, (_, i) => [i, 9 - i])

  it('is unknown before ten results, and where they do not differ', () => {
    expect(hypervolumeReached(ten.slice(1))).toBeNull()
    expect(hypervolumeReached(ten.map(([first]) => [first ?? 0, 1]))).toBeNull()
  })

  it('is 1 where one architecture has the best of all, and never falls', () => {
    expect(hypervolumeReached([...ten, [9, 9]])).toBe(1)
    fc.assert(
      fc.property(fc.array(point(2), { minLength: 1, maxLength: 10 }), (more) => {
        const before = hypervolumeReached([...ten, ...more.slice(1)]) ?? 0
        expect(hypervolumeReached([...ten, ...more.slice(1), more[0]!]) ?? 0).toBeGreaterThanOrEqual(before)
      }),
    )
  })
})
