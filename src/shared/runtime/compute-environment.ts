// The environment variables a compute is started with: TensorFlow reads them while it loads, so the process starter sets
// them. Pure, because the engine may not import compute. Figures behind the choice: training-speed notes, point 6.
import { selfCheckSchema, type SelfCheck } from '../contract/compute'

/** The tfjs binding that a process loads TensorFlow with; unset, the one that lies in the package itself. */
export const BINDING_VARIABLE = 'GPTNAS_BINDING'

/** Carries the self-check's result into a compute, which chooses its kernels by it. */
const SELF_CHECK_VARIABLE = 'GPTNAS_SELF_CHECK'

/**
 * What a compute's threads do: `within-ops`, they share out each large op and run independent ops at once; `across-ops`, each op has
 * one of them, and as many ops run at once. Small ops are slower shared out than whole (decision 071).
 */
export type ThreadUse = 'within-ops' | 'across-ops'

/**
 * @param selfCheck what the throw-away self-check process proved on this machine
 * @param threads processor threads of this compute; one per core and one process per core beats one process with all
 * @returns variables to add to the child's environment
 */
export function environmentFor(
  selfCheck: SelfCheck,
  threads: number,
  use: ThreadUse = 'within-ops',
): Record<string, string> {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new RangeError(`A compute needs a whole number of threads from 1, received ${threads}`)
  }
  const threadsPerOp = use === 'within-ops' ? threads : 1
  return {
    TF_ENABLE_ONEDNN_OPTS: selfCheck.oneDnn ? '1' : '0',
    // TensorFlow's own allocator: in Electron's, training runs at half speed.
    ...(selfCheck.allocator === 'bfc' ? { TF_CPU_ALLOCATOR_USE_BFC: 'true' } : {}),
    TF_NUM_INTRAOP_THREADS: String(threadsPerOp),
    // Both gradients of a convolution, and branches of a network, can be computed at once.
    TF_NUM_INTEROP_THREADS: String(threads),
    // An op with one thread need not hand its work to another and wait for it. With several it takes up to 8 % longer so.
    TF_ONEDNN_THREADPOOL_USE_CALLER_THREAD: String(threadsPerOp === 1),
    OMP_NUM_THREADS: String(threadsPerOp),
    TF_CPP_MIN_LOG_LEVEL: '1',
    [SELF_CHECK_VARIABLE]: JSON.stringify(selfCheck),
  }
}

/** What holds before, or without, a self-check: slower kernels that are right everywhere. */
export const CAUTIOUS_SELF_CHECK: SelfCheck = {
  oneDnn: false,
  groupedConvolution: false,
  allocator: 'bfc',
  notices: [],
}

/** The self-check that a process was started under; the cautious one where nobody checked (tests, scripts). */
export function selfCheckOf(environment: Readonly<Record<string, string | undefined>>): SelfCheck {
  const text = environment[SELF_CHECK_VARIABLE]
  return text === undefined ? CAUTIOUS_SELF_CHECK : selfCheckSchema.parse(JSON.parse(text))
}
