// What a run says of a NAS-Bench-201 space: the skeleton that cells are built into.
import { z } from 'zod'
import { EDGE_SPACE } from './genotype'

export const edgeSpaceSchema = z.object({
  kind: z.literal(EDGE_SPACE),
  /** Published: 16 channels behind the stem, 3 stacks of 5 cells. Fewer fit a small machine. */
  channels: z.number().int().min(1).max(1024).default(16),
  stacks: z.number().int().min(1).max(6).default(3),
  cellsPerStack: z.number().int().min(1).max(20).default(5),
})
export type EdgeSpaceDefinition = z.infer<typeof edgeSpaceSchema>
