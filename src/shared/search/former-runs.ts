// Former runs that a search starts from: what a run keeps of them, and how they are told. How they are used is
// surrogate/former-runs.ts's.
import { z } from 'zod'

/** As a run keeps it: the former one may go on, or be removed. */
export const formerRunSchema = z.object({
  number: z.number().int(),
  name: z.string(),
  /** Distinct architectures with a result, in trial order; higher is better. */
  results: z.array(z.object({ genotype: z.record(z.string(), z.unknown()), fitness: z.number() })),
})
export type FormerRun = z.infer<typeof formerRunSchema>

export const formerFitSchema = z.object({
  number: z.number().int(),
  name: z.string(),
  /** Results that are of the present space, and all that it has. */
  used: z.number().int(),
  of: z.number().int(),
  /** Spearman's, of what it lets expect of the present results with what they are; null where too few are there. */
  correlation: z.number().nullable(),
  /** 0 to 1: how far it is believed; 0 also where it orders otherwise. */
  weight: z.number(),
})
export type FormerFit = z.infer<typeof formerFitSchema>

/** Kept of each run: the best half of them and an even choice of the others is read anyway (decision 135). */
export const MOST_KEPT = 400

/** "From run 3 "Chains": 38 of 40 results, rank correlation .71 with this run's 12 so far, counts 0.58." */
export function formerText({ number, name, used, of, correlation, weight }: FormerFit, present: number): string {
  const what = `From run ${number} "${name}": ${used} of ${of} results are of this space`
  if (correlation === null) return `${what}; they count nothing${used < of && used === 0 ? '' : ' yet'}.`
  return `${what}, rank correlation ${correlation.toFixed(2)} with this run's ${present} so far; they count ${weight.toFixed(2)} of 1.`
}
