// How far a front has come, in one figure that only grows: the volume that it dominates. Reference and unit are fixed by the first
// results of the run and never move, so that figures of different moments compare.
import { hypervolume } from './hypervolume'

/** Results that fix reference and unit: as many as the strategies draw at random before they choose. */
export const FIXED_BY = 10

/**
 * In boxes from the worst to the best of each objective among the first ten results: 1 is what a single architecture would dominate
 * that had the best of all of them.
 * @param points in the order in which they became known, higher is better @returns null before there are ten, or where they do not differ
 */
export function hypervolumeReached(points: readonly (readonly number[])[]): number | null {
  const first = points.slice(0, FIXED_BY)
  if (first.length < FIXED_BY) return null
  const width = first[0]?.length ?? 0
  const column = (i: number): number[] => first.map((point) => point[i] ?? 0)
  const worst = Array.from({ length: width }, (_, i) => Math.min(...column(i)))
  const extent = worst.map((least, i) => Math.max(...column(i)) - least)
  if (extent.some((length) => length === 0)) return null
  const scaled = points.map((point) => point.map((value, i) => (value - (worst[i] ?? 0)) / (extent[i] ?? 1)))
  return hypervolume(
    scaled,
    worst.map(() => 0),
  )
}
