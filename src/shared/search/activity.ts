// What a trial in training is doing right now: never stored, pushed with a run's updates.
import { z } from 'zod'

export const activitySchema = z.object({
  trialId: z.number().int(),
  trialNumber: z.number().int(),
  compute: z.number().int(),
  /** The present one, from 1. */
  epoch: z.number().int(),
  epochs: z.number().int(),
  /** Steps done in this epoch. */
  step: z.number().int(),
  stepsPerEpoch: z.number().int(),
  /** Images looked at and how many there are, while the epoch's steps are done and its network is validated; else null. */
  validation: z.object({ images: z.number().int(), of: z.number().int() }).nullable(),
  /** Of the last step told. */
  loss: z.number().nullable(),
})
export type Activity = z.infer<typeof activitySchema>

/** Part of the training that is done, in [0, 1]: whole epochs and the steps of the present one. Validation is not counted. */
export function trainedFraction({ epoch, epochs, step, stepsPerEpoch }: Activity): number {
  if (epochs === 0) return 0
  const present = stepsPerEpoch === 0 ? 0 : step / stepsPerEpoch
  return Math.min(1, (Math.max(0, epoch - 1) + present) / epochs)
}
