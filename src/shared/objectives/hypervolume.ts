// The volume that a set of points dominates above a reference point: exact, for any number of objectives, all to be made larger
// (While, Bradstreet & Barone 2012, "A fast way of calculating exact hypervolumes").
import { frontOf } from './pareto'

type Point = readonly number[]

const limited = (point: Point, others: readonly Point[]): Point[] =>
  others.map((other) => other.map((value, i) => Math.min(value, point[i] ?? value)))

const front = (points: readonly Point[]): Point[] => frontOf(points).map((index) => points[index] ?? [])

function boxOf(point: Point, reference: Point): number {
  return point.reduce((volume, value, i) => volume * Math.max(0, value - (reference[i] ?? 0)), 1)
}

/** Of two objectives: strips between the points, from the largest first objective down. */
function area(points: readonly Point[], [left = 0, below = 0]: Point): number {
  let sum = 0
  let height = below
  for (const [x = 0, y = 0] of [...points].sort((a, b) => (b[0] ?? 0) - (a[0] ?? 0))) {
    if (x <= left || y <= height) continue
    sum += (x - left) * (y - height)
    height = y
  }
  return sum
}

/** @param reference what every point that counts is better than, in each objective */
export function hypervolume(points: readonly Point[], reference: Point): number {
  if (reference.length === 2) return area(points, reference)
  const known = front(points)
  return known.reduce(
    (sum, point, i) => sum + boxOf(point, reference) - sharedWith(point, known.slice(i + 1), reference),
    0,
  )
}

function sharedWith(point: Point, others: readonly Point[], reference: Point): number {
  return others.length === 0 ? 0 : hypervolume(limited(point, others), reference)
}

/** What one point more would add. */
export function hypervolumeGain(point: Point, points: readonly Point[], reference: Point): number {
  return Math.max(0, boxOf(point, reference) - sharedWith(point, points, reference))
}
