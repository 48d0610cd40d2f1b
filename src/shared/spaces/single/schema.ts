// What a run says that trains one architecture alone.
import { z } from 'zod'

export const singleSpaceSchema = z.object({
  kind: z.literal('single'),
  /** Its document, as a design stores it; checked when the space is opened. */
  architecture: z.record(z.string(), z.unknown()),
  /** Hash of the weights that training begins with, of an imported network or a trial; without it, with random ones. */
  initialWeights: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'the SHA-256 of a file of weights was expected')
    .optional(),
})
export type SingleSpaceDefinition = z.infer<typeof singleSpaceSchema>
