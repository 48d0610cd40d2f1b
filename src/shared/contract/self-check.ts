// The contract of the self-check: a throw-away process that tries TensorFlow's kernels before a compute relies on them.
// It may die in a native crash: the engine reads that as a failed check.
import { oc } from '@orpc/contract'
import { z } from 'zod'
import { selfCheckSchema } from './compute'

export const selfCheckContract = {
  /** Runs the checks with the environment the process was started with. */
  run: oc.output(selfCheckSchema),
  /** Loads TensorFlow and tells what it says of itself. */
  look: oc.output(z.object({ tensorflow: z.string(), device: z.enum(['cpu', 'gpu']) })),
  /** Whether the installed TensorFlow uses a graphics card with the environment the process was started with. */
  device: oc.output(z.object({ device: z.enum(['cpu', 'gpu']) })),
}
export type SelfCheckContract = typeof selfCheckContract
