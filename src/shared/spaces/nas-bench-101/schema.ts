// What a run says of a NAS-Bench-101 space: the skeleton that cells are built into.
import { z } from 'zod'
import { CELL_SPACE } from './genotype'

export const cellSpaceSchema = z.object({
  kind: z.literal(CELL_SPACE),
  /** Published: 128 channels behind the stem, 3 stacks of 3 cells. Fewer fit a small machine. */
  channels: z.number().int().min(8).max(1024).default(128),
  stacks: z.number().int().min(1).max(6).default(3),
  cellsPerStack: z.number().int().min(1).max(20).default(3),
})
export type CellSpaceDefinition = z.infer<typeof cellSpaceSchema>
