// Does a series stay where it was? Medians of two windows, because a garbage collector makes single values jump.
import { median } from '../harness'

export interface Flatness {
  readonly before: number
  readonly after: number
  /** after / before - 1. */
  readonly change: number
}

/**
 * The last tenth of `values` against the second tenth; in the first, caches and allocators fill.
 * @throws RangeError for fewer than ten values
 */
export function flatnessOf(values: readonly number[]): Flatness {
  const tenth = Math.floor(values.length / 10)
  if (tenth === 0) throw new RangeError(`A tenth of ${values.length} values is none`)
  const [before, after] = [median(values.slice(tenth, 2 * tenth)), median(values.slice(-tenth))]
  return { before, after, change: after / before - 1 }
}

/** Largest less smallest; of no values 0. */
export const spreadOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : Math.max(...values) - Math.min(...values)
