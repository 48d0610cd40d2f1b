// Proposer service: the checkpoint in use and what it suggests.
import { oc } from '@orpc/contract'
import { z } from 'zod'

export const proposerInfoSchema = z.object({
  name: z.string(),
  preset: z.string(),
  parameters: z.number().int(),
  vocabulary: z.number().int(),
  /** Sections of the model card, as markdown. */
  card: z.string(),
  metrics: z.record(z.string(), z.number()),
})
export type ProposerInfo = z.infer<typeof proposerInfoSchema>

export const suggestionSchema = z.object({ block: z.string(), probability: z.number() })

export const proposerContract = {
  info: oc.output(proposerInfoSchema),
  /** Blocks that could follow the first `position` blocks of a chain genotype, most probable first. */
  suggest: oc
    .input(
      z.object({
        genotype: z.record(z.string(), z.unknown()),
        position: z.number().int().min(0),
        count: z.number().int().min(1).max(50).default(5),
        stemWidth: z.number().int().default(16),
      }),
    )
    .output(z.array(suggestionSchema)),
}
