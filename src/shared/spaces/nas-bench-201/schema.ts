// What a run says of a NAS-Bench-201 space: the skeleton that cells are built into.
import { z } from 'zod'
import { setting } from '../../search/settings'
import { EDGE_SPACE } from './genotype'

export const edgeSpaceSchema = setting(
  z.object({
    kind: z.literal(EDGE_SPACE),
    /** Published: 16 channels behind the stem, 3 stacks of 5 cells. Fewer fit a small machine. */
    channels: setting(z.number().int().min(1).max(1024).default(16), {
      description: 'Channels behind the stem.',
      unit: 'channels',
    }),
    stacks: setting(z.number().int().min(1).max(6).default(3), {
      description: 'Stacks of cells; the images are halved between them.',
    }),
    cellsPerStack: setting(z.number().int().min(1).max(20).default(5), {
      description: 'Cells of one stack, all alike.',
    }),
  }),
  { description: 'Cells of six edges (Dong and Yang 2020), stacked.' },
)
export type EdgeSpaceDefinition = z.infer<typeof edgeSpaceSchema>
