// What a replay of a run comes to: whether the strategy proposes again what was stored and, where evaluations cost nothing, whether
// they come out again. The engine replays (engine/runs/verify.ts).
import { z } from 'zod'

export const differenceSchema = z.object({
  /** From 1; of the first trial that is not as stored. */
  trialNumber: z.number().int(),
  generation: z.number().int(),
  /** `missing`: the replay proposes it and the run has none. `extra`: the run has it and the replay proposes none. */
  what: z.enum(['missing', 'extra', 'architecture', 'origin', 'fitness', 'costs', 'promotion']),
  /** As JSON, or a word where there is none. */
  stored: z.string(),
  replayed: z.string(),
})
export type Difference = z.infer<typeof differenceSchema>

export const verificationSchema = z.object({
  matches: z.boolean(),
  generations: z.number().int(),
  /** Proposals that were compared. */
  proposals: z.number().int(),
  /** Evaluations that were repeated; null where they cost too much to repeat, and the stored results were taken as they are. */
  evaluations: z.number().int().nullable(),
  difference: differenceSchema.nullable(),
})
export type Verification = z.infer<typeof verificationSchema>
