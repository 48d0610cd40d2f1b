// Reads the blocks of a block-chain genotype for showing them. Anything unknown reads as no blocks: what cannot be
// shown as a list is still shown by the network preview.
import { z } from 'zod'

const blockSchema = z.object({ block: z.string(), width: z.number().default(1), stride: z.number().default(1) })
const chainSchema = z.object({ blocks: z.array(blockSchema) })
export type ChainBlock = z.infer<typeof blockSchema>

/** Blocks in order; `width` is the ratio to the incoming channels. */
export function chainBlocks(genotype: unknown): readonly ChainBlock[] {
  const parsed = chainSchema.safeParse(genotype)
  return parsed.success ? parsed.data.blocks : []
}
