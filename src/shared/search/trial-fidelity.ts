// How much of a whole training a trial got, and what it began with: stored with the trial, so that its result can be read rightly.
import { z } from 'zod'

/** A rung that a trial has reached. */
export const rungSchema = z.object({
  /** Trained when it was reached. */
  epochs: z.number().int().min(1),
  /** Best validation accuracy up to there. */
  fitness: z.number(),
  /** The how manyth of the run to reach this rung, from 1: what was known when. */
  place: z.number().int().min(1),
  /** How many had reached the rung when it was promoted; null where it was not. */
  promotedAmong: z.number().int().min(1).nullable(),
})
export type Rung = z.infer<typeof rungSchema>

/** What every trial of before had: a whole training from a random start. */
export const trialFidelitySchema = z.object({
  /** Reached ones, ascending; empty where it was not trained in rungs. */
  rungs: z.array(rungSchema).default([]),
  /** It was promoted to a training that begins anew, and its search ended before that did: its result is of the rung below. */
  brokenOff: z.literal(true).optional(),
  /** It was ended below the others: after so many epochs, its best accuracy below the bound. Null where it was not. */
  endedEarly: z
    .object({ epochs: z.number().int().min(1), bound: z.number() })
    .nullable()
    .default(null),
  /** It began with arrays of that trial, so many of all it has; null where all began at random. */
  inherited: z
    .object({ trialId: z.number().int(), arrays: z.number().int().min(0), of: z.number().int() })
    .nullable()
    .default(null),
})
export type TrialFidelity = z.infer<typeof trialFidelitySchema>

export const WHOLE: TrialFidelity = { rungs: [], endedEarly: null, inherited: null }
