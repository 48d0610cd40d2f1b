// What a run says of a block chain space: which blocks, how many, how wide, how costly. Defaults are the paper's where it
// gives them (10 to 20 blocks) and otherwise fit a small machine.
import { z } from 'zod'
import { setting } from '../../search/settings'

export const chainSpaceSchema = setting(
  z.object({
    /** May be left out: definitions were written before there was another kind. */
    kind: z.literal('block-chain').optional().default('block-chain'),
    blocks: setting(z.array(z.string()).min(1).nullable().default(null), {
      description:
        'Names of the blocks a chain may hold; null takes all of the paper and your own. Blocks you design join by name.',
      kind: 'blocks',
      paper: 15,
    }),
    minBlocks: setting(z.number().int().min(1).max(64).default(10), {
      description: 'Blocks of the shortest chain.',
      unit: 'blocks',
      paper: 10,
    }),
    maxBlocks: setting(z.number().int().min(1).max(64).default(20), {
      description: 'Blocks of the longest chain.',
      unit: 'blocks',
      paper: 20,
    }),
    stemWidth: setting(z.number().int().min(4).max(256).default(16), {
      description: 'Channels after the stem.',
      unit: 'channels',
    }),
    maxWidth: setting(z.number().int().min(4).max(2048).default(128), {
      description: 'Channels at most.',
      unit: 'channels',
    }),
    maxMacs: setting(z.number().int().positive().default(40_000_000), {
      description: 'Multiply-accumulates of one image at most, so that a trial fits the machine.',
      unit: 'macs',
    }),
    maxParameters: setting(z.number().int().positive().default(5_000_000), { description: 'Parameters at most.' }),
  }),
  { description: 'Chains of whole blocks between a stem and a head.' },
)
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
