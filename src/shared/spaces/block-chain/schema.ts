// What a run says of a block chain space: which blocks, how many, how wide, how costly. Defaults are the paper's where it
// gives them (10 to 20 blocks) and otherwise fit a small machine.
import { z } from 'zod'

export const chainSpaceSchema = z.object({
  /** May be left out: definitions were written before there was another kind. */
  kind: z.literal('block-chain').optional().default('block-chain'),
  /** Names of blocks a chain may hold; null takes all of the paper and the user's own. */
  blocks: z.array(z.string()).min(1).nullable().default(null),
  /** Paper: 10-20. */
  minBlocks: z.number().int().min(1).max(64).default(10),
  maxBlocks: z.number().int().min(1).max(64).default(20),
  stemWidth: z.number().int().min(4).max(256).default(16),
  maxWidth: z.number().int().min(4).max(2048).default(128),
  /** Upper limit of multiply-accumulates for one image, so that a trial fits the machine. */
  maxMacs: z.number().int().positive().default(40_000_000),
  maxParameters: z.number().int().positive().default(5_000_000),
})
export type ChainSpaceDefinition = z.infer<typeof chainSpaceSchema>

/** Any chain at all: what a designed network may be is the user's affair, not a search's. */
export function unboundedChains(stemWidth: number): ChainSpaceDefinition {
  return {
    ...chainSpaceSchema.parse({}),
    minBlocks: 1,
    maxBlocks: 64,
    stemWidth,
    maxWidth: 2048,
    // Above anything a machine trains.
    maxMacs: 1e12,
    maxParameters: 1e12,
  }
}
