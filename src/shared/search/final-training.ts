// The final training of a winner: on the images that trained and validated the search together, with a schedule of its own, tested once
// on the test split (decision 138). It is a run of one architecture whose definition says where that came from.
import { z } from 'zod'

export const FINAL_SCHEDULES = ['short', 'long', 'paper', 'paper-imagenet'] as const

export const FINAL_STARTS = ['scratch', 'weights'] as const
/** Whom all results speak for, or who measured best (decision 144). */
export const FINAL_WINNERS = ['expected', 'measured'] as const
export const FINAL_IMAGES = ['searched', 'all'] as const

export const finalWishSchema = z.object({
  schedule: z.enum(FINAL_SCHEDULES).default('short'),
  /** In place of the schedule's; null takes those. */
  epochs: z.number().int().min(1).max(1000).nullable().default(null),
  /** From new weights, or from those the search has left. */
  start: z.enum(FINAL_STARTS).default('scratch'),
  /** `searched`: those that trained and validated; `all`: the whole train split. */
  images: z.enum(FINAL_IMAGES).default('searched'),
  /** Where no trial is named. `expected` is the best measured where nothing is to doubt: of a table, a front, fewer than ten results. */
  winner: z.enum(FINAL_WINNERS).default('expected'),
})
export type FinalWish = z.infer<typeof finalWishSchema>

/** In a run's definition: what is trained at the end, and from where. Set by the program, never by hand. */
export const finalTrainingSchema = z.object({
  /** The trial it trains on; null for a hand-made network that stands beside one. */
  of: z
    .object({
      runId: z.string(),
      runNumber: z.number().int(),
      trialId: z.number().int(),
      trialNumber: z.number().int(),
      architectureHash: z.string(),
      /** That chose it. */
      fitness: z.number(),
    })
    .nullable(),
  /** The run it stands beside: its own, or that of the winner it is to be compared with. */
  besideRunId: z.string(),
  schedule: z.enum(FINAL_SCHEDULES),
  start: z.enum(FINAL_STARTS),
  /** Those it starts from. */
  weightsSha256: z.string().nullable(),
  /** Of the images of the search. */
  dataFingerprint: z.string().nullable(),
  /** That made it. */
  workbench: z.string(),
})
export type FinalTraining = z.infer<typeof finalTrainingSchema>
