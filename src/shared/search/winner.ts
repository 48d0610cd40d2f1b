// The winner of a run by all its results together, as it is told; how it is found is surrogate/posterior-winner.ts's.
import { z } from 'zod'
import { fitnessFigure } from '../evaluators/fitness-text'
import type { FitnessReading } from '../evaluators/evaluator'

/** Fewer results tell too little of their noise: strategies draw as many at random before they learn. */
export const LEAST_RESULTS = 10

export const winnerSchema = z.object({
  trialId: z.number().int(),
  trialNumber: z.number().int(),
  /** Its own fitness. */
  measured: z.number(),
  /** The fitness that all results together let expect of another evaluation of it. */
  expected: z.number(),
  /** Results that speak. */
  results: z.number().int(),
  /** Where it was confirmed with other seeds: its own results and their mean; null where it has one alone. */
  confirmed: z.object({ results: z.number().int(), mean: z.number() }).nullable().default(null),
  /** Deviation of a fitness from seed to seed, as confirmations measured it, and degrees of freedom of that; null without any. */
  noise: z.object({ deviation: z.number(), freedom: z.number().int() }).nullable().default(null),
})
export type Winner = z.infer<typeof winnerSchema>

/** An estimate as it is shown: it is known by no more digits. */
export const estimate = (value: number): number => Number(value.toPrecision(4))

/**
 * "Winner by all 60 results: trial 12, expected 90.3 %, measured 91.0 %. The best measured may only be the luckiest.", and what its
 * confirmations say.
 */
export function winnerText(winner: Winner, reading: FitnessReading, bestTrialId: number | null): string {
  const { trialNumber, results, expected, measured, trialId, confirmed, noise } = winner
  const figure = (value: number): string => fitnessFigure(reading, value)
  const others =
    trialId === bestTrialId ? 'It is the best measured too.' : 'The best measured may only be the luckiest.'
  return [
    `Winner by all ${results} results: trial ${trialNumber}, expected ${figure(estimate(expected))}, measured ${figure(measured)}.`,
    others,
    ...(confirmed === null ? [] : [`Its mean with ${confirmed.results} seeds is ${figure(estimate(confirmed.mean))}.`]),
    ...(noise === null
      ? []
      : [
          `From seed to seed a result varies by ${figure(estimate(noise.deviation))} (standard deviation, ${noise.freedom} degrees of freedom).`,
        ]),
  ].join(' ')
}
