// What a search can still expect to gain: the expected improvement of the most promising architecture that was not tried, in the units of
// fitness. A search may end by itself where that is below the noise of a fitness (decision 139).
import type { Breathe } from '../breathe'
import type { Random } from '../random'
import type { Genotype, Space } from '../spaces/space'
import { SurrogateSearch } from './surrogate-search'

export interface TriedArchitecture {
  readonly genotype: Genotype
  /** Higher is better. */
  readonly fitness: number
}

/** Fewer say too little of what the rest is like: the random start of gp-ei, and as many again. */
export const LEAST_TRIED = 20
/** As gp-ei's own. */
const CANDIDATES = 1000

/**
 * Of many results it reads a part, as the strategies do (decision 135). A function of what was tried, in trial order, and of the stream.
 * @param planned evaluations
 * @returns 0 or above; null where too few were tried, or all came out alike
 */
export async function leftToGain(
  space: Space,
  tried: readonly TriedArchitecture[],
  planned: number,
  random: Random,
  breathe?: Breathe,
): Promise<number | null> {
  if (tried.length < LEAST_TRIED) return null
  const search = await SurrogateSearch.open({
    ...{ space, random: random.fork('pool'), budget: planned, candidates: CANDIDATES },
    ...{ isBounded: true, breathe },
  })
  for (const each of tried) search.tell(each)
  const promise = await search.promise(random.fork('candidates'))
  return promise === null ? null : promise * fitnessPerQuantile(tried.map(({ fitness }) => fitness))
}

/**
 * The surrogate sees ranks as normal quantiles; how much fitness one of them is, over the better half: where an improvement would be.
 * A normal distribution has its mean upper half at .798 deviations (the mean of a half-normal one).
 */
function fitnessPerQuantile(fitness: readonly number[]): number {
  const sorted = [...fitness].sort((a, b) => a - b)
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0
  const upper = sorted.filter((value) => value >= median)
  const mean = upper.reduce((sum, value) => sum + value, 0) / upper.length
  return (mean - median) / Math.sqrt(2 / Math.PI)
}
