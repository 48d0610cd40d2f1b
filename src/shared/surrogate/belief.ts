// What was learned elsewhere of architectures like these, as the mean that a search's own process expects before its results: believed to
// begin with as far as it was right elsewhere, and with each result as far as both together say. Former runs of the user's, which may be
// of anything, are former-runs.ts's and count nothing before they fit.
import type { Genotype } from '../spaces/space'
import type { Expectation } from './former-runs'
import { rankCorrelation } from './rank-correlation'

export interface Belief {
  /** Mean 0 and deviation 1 over random members of the space; of which more is more promising. */
  readonly of: (genotype: Genotype) => number
  /** Correlation with what comes out that is expected of it. */
  readonly correlation: number
}

/** Results over as wide a range as random ones that it is worth: it goes once a dozen say otherwise. Chosen by us. */
const WORTH = 10
/** As of former runs: a belief this strong would leave results nothing to say, and fewer have no order to speak of. */
const MOST = 0.95
const LEAST_PRESENT = 4
const TINY = 1e-9

const held = (correlation: number): number => Math.max(-1 + TINY, Math.min(1 - TINY, correlation))

/**
 * What it lets expect of the rank among present results. Those were chosen by it, so that they lie nearer together than random ones: their
 * correlation is that of a narrower range (Thorndike 1949, case 2) and says as much less.
 */
export function expectationOf(
  { of, correlation: before }: Belief,
  present: readonly { readonly genotype: Genotype; readonly fitness: number }[],
): Omit<Expectation, 'fits'> {
  const values = present.map(({ genotype }) => of(genotype))
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length)
  const seen = rankCorrelation(
    values,
    present.map(({ fitness }) => fitness),
  )
  const counted = seen === null || present.length < LEAST_PRESENT ? 0 : (present.length - 3) * Math.min(1, variance)
  const wide = seen === null ? 0 : seen / Math.sqrt(variance * (1 - seen ** 2) + seen ** 2 + TINY)
  const sum = WORTH * Math.atanh(held(before)) + counted * Math.atanh(held(wide))
  const total = WORTH + counted
  // Less one standard error (Fisher 1915), never below 0.
  const weight = Math.max(0, Math.min(MOST, Math.tanh(sum / total - 1 / Math.sqrt(total))))
  // Present ranks have deviation 1, whatever range of the space they are from.
  const spread = Math.sqrt(weight ** 2 * variance + 1 - weight ** 2)
  return {
    weight,
    of: (genotype) => (weight === 0 ? 0 : (weight * (of(genotype) - mean)) / spread),
    scale: Math.sqrt(1 - weight ** 2) / spread,
  }
}
