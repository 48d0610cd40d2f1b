// What the self-check of a runtime found: each step that it took, what of the runtime may be used, and what was given up on the way.
import { z } from 'zod'

export const RUNTIME_CHECK_STEPS = ['load', 'devices', 'kernels', 'training'] as const

export const runtimeCheckStepSchema = z.object({
  step: z.enum(RUNTIME_CHECK_STEPS),
  /** What it was tried on: `gpu`, `cpu`, or `cpu` with TensorFlow's cautious kernels. */
  on: z.enum(['gpu', 'cpu', 'cpu-cautious']),
  ok: z.boolean(),
  /** In words. */
  found: z.string(),
})
export type RuntimeCheckStep = z.infer<typeof runtimeCheckStepSchema>

export const runtimeCheckSchema = z.object({
  /** Names runtime and machine; the result holds as long as it is the same. */
  key: z.string(),
  /** ISO 8601. */
  at: z.string(),
  /** Whether it trains here at all. */
  ok: z.boolean(),
  tensorflow: z.string().nullable(),
  device: z.enum(['gpu', 'cpu']).nullable(),
  oneDnn: z.boolean(),
  /** A card was there and did not answer in time: whether it can be used is not known, and it is tried again. */
  isCardLate: z.boolean().default(false),
  /** Mixed precisions that were right; empty on a processor, which gains nothing by them. */
  halfPrecision: z.array(z.string()),
  /** Training steps of the product on a small network (engine/benchmark/workload). */
  imagesPerSecond: z.number().nullable(),
  steps: z.array(runtimeCheckStepSchema),
  /** What was given up, from what to what, and why: one sentence each, in order. */
  fallbacks: z.array(z.string()),
  /** What TensorFlow wrote while it looked for cards; cut to its end. */
  log: z.string(),
})
export type RuntimeCheck = z.infer<typeof runtimeCheckSchema>
