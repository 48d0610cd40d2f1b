// Fitness as its rank says it: a surrogate that sees ranks does not care whether fitness is a percentage, a loss or skewed.
import { jStat } from 'jstat'

/** The best and the worst of a long search must not pull the whole surface (docs/method.md, "Surrogate"). */
const LEAST = 0.01

/**
 * Normal quantile of (rank - 0.5) / n for each value; equal values have ranks in their order.
 * @param fitness finite, higher is better
 */
export function rankQuantiles(fitness: readonly number[]): Float64Array {
  const count = fitness.length
  const order = fitness.map((_, i) => i).sort((a, b) => (fitness[a] ?? 0) - (fitness[b] ?? 0) || a - b)
  const quantiles = new Float64Array(count)
  order.forEach((index, rank) => {
    const probability = Math.min(1 - LEAST, Math.max(LEAST, (rank + 0.5) / count))
    quantiles[index] = jStat.normal.inv(probability, 0, 1)
  })
  return quantiles
}
