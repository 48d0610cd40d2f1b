// How long one image takes, as a proof measures it.
import { z } from 'zod'

/** Milliseconds. */
export const latencySchema = z.object({ median: z.number(), p95: z.number(), runs: z.number().int() })
export type Latency = z.infer<typeof latencySchema>
