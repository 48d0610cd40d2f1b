// The environment variables a compute is started with: TensorFlow reads them while it loads, so the process starter sets
// them. Pure, because the engine may not import compute. Figures behind the choice: training-speed notes, point 6.
import type { SelfCheck } from '../contract/compute'

/**
 * @param selfCheck what the throw-away self-check process proved on this machine
 * @param threads intra-op threads of this compute; one per core and one process per core beats one process with all
 * @returns variables to add to the child's environment
 */
export function environmentFor(selfCheck: SelfCheck, threads: number): Record<string, string> {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new RangeError(`A compute needs a whole number of threads from 1, received ${threads}`)
  }
  return {
    TF_ENABLE_ONEDNN_OPTS: selfCheck.oneDnn ? '1' : '0',
    // TensorFlow's own allocator: in Electron's, training runs at half speed.
    ...(selfCheck.allocator === 'bfc' ? { TF_CPU_ALLOCATOR_USE_BFC: 'true' } : {}),
    TF_NUM_INTRAOP_THREADS: String(threads),
    // A recorded step is one call with little parallelism between ops: more inter-op threads only compete.
    TF_NUM_INTEROP_THREADS: '1',
    OMP_NUM_THREADS: String(threads),
    TF_CPP_MIN_LOG_LEVEL: '1',
  }
}

/** What holds before, or without, a self-check: slower kernels that are right everywhere. */
export const CAUTIOUS_SELF_CHECK: SelfCheck = {
  oneDnn: false,
  groupedConvolution: false,
  allocator: 'bfc',
  notices: [],
}
