// Distances in the plane come back as coordinates of the plane, up to a turn.
import { describe, expect, it } from 'vitest'
import { LandmarkCoordinates } from './coordinates'

const square = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0)
const plane = Array.from({ length: 30 }, (_, i) => [3 * Math.cos(1.7 * i) + 0.1 * i, Math.sin(2.9 * i)])

describe('coordinates by landmarks', () => {
  it('are the plane that the points lie in, with unit deviation, and zero beyond it', () => {
    const located = new LandmarkCoordinates(plane, square, 4)
    const rows = plane.map((point) => located.of(point))
    for (const axis of [0, 1]) {
      const values = rows.map((row) => row[axis]!)
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length
      expect(mean).toBeCloseTo(0, 6)
      expect(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length).toBeCloseTo(1, 6)
    }
    for (const row of rows) expect([row[2], row[3]]).toEqual([0, 0])
    const [x, y] = [0, 1].map((axis) => rows.map((row) => row[axis]!))
    expect(x!.reduce((sum, value, i) => sum + value * y![i]!, 0) / rows.length).toBeCloseTo(0, 6)
  })

  it('place a point between two landmarks between their coordinates', () => {
    const located = new LandmarkCoordinates(plane, square, 2)
    const [a, b] = [located.of(plane[3]!), located.of(plane[11]!)]
    const middle = located.of([(plane[3]![0]! + plane[11]![0]!) / 2, (plane[3]![1]! + plane[11]![1]!) / 2])
    middle.forEach((value, axis) => expect(value).toBeCloseTo((a[axis]! + b[axis]!) / 2, 6))
  })

  it('are zeros where all landmarks are one', () => {
    const located = new LandmarkCoordinates([[1], [1]], square, 2)
    expect([...located.of([5])]).toEqual([0, 0])
  })
})
