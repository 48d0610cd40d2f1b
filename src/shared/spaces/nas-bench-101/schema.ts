// What a run says of a NAS-Bench-101 space: the skeleton that cells are built into.
import { z } from 'zod'
import { setting } from '../../search/settings'
import { CELL_SPACE } from './genotype'

export const cellSpaceSchema = setting(
  z.object({
    kind: z.literal(CELL_SPACE),
    /** Published: 128 channels behind the stem, 3 stacks of 3 cells. Fewer fit a small machine. */
    channels: setting(z.number().int().min(8).max(1024).default(128), {
      description: 'Channels behind the stem.',
      unit: 'channels',
    }),
    stacks: setting(z.number().int().min(1).max(6).default(3), {
      description: 'Stacks of cells; the images are halved between them.',
    }),
    cellsPerStack: setting(z.number().int().min(1).max(20).default(3), {
      description: 'Cells of one stack, all alike.',
    }),
  }),
  { description: 'Cells of up to seven nodes (Ying et al. 2019), stacked.' },
)
export type CellSpaceDefinition = z.infer<typeof cellSpaceSchema>
