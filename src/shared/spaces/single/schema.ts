// What a run says that trains one architecture alone.
import { z } from 'zod'

export const singleSpaceSchema = z.object({
  kind: z.literal('single'),
  /** Its document, as a design stores it; checked when the space is opened. */
  architecture: z.record(z.string(), z.unknown()),
})
export type SingleSpaceDefinition = z.infer<typeof singleSpaceSchema>
