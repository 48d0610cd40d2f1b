// Normal deviates of a stream (Box & Muller 1958).
import type { Random } from './random'

/** Mean 0, deviation 1. */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
}

/** As many independent ones as asked for. */
export function normals(count: number, random: Random): Float64Array {
  return Float64Array.from({ length: count }, () => normal(random))
}
