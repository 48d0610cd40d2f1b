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
  /** Distinct architectures that speak. */
  results: z.number().int(),
})
export type Winner = z.infer<typeof winnerSchema>

/** "Winner by all 60 results: trial 12, expected 90.3 %, measured 91.0 %. The best measured may be the luckiest." */
export function winnerText(winner: Winner, reading: FitnessReading, bestTrialId: number | null): string {
  const { trialNumber, results, expected, measured, trialId } = winner
  const figures = `trial ${trialNumber}, expected ${fitnessFigure(reading, expected)}, measured ${fitnessFigure(reading, measured)}`
  const others =
    trialId === bestTrialId ? 'It is the best measured too.' : 'The best measured may only be the luckiest.'
  return `Winner by all ${results} results: ${figures}. ${others}`
}
