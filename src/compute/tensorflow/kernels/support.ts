// Which native kernels this process may use: decided by the start-up self-check, read by the kernels with an alternative.
// A process that nobody checked for uses what is right everywhere.
import { selfCheckOf } from '@shared/runtime/compute-environment'

export interface KernelSupport {
  /** Native grouped convolution has right gradients (oneDNN or a GPU; TensorFlow's own CPU kernels have none). */
  groupedConvolution: boolean
  /** Native dilated convolution has right gradients (as above). */
  dilatedConvolution: boolean
}

// The self-check's cases of dilated convolution belong to what it calls oneDNN.
const { oneDnn, groupedConvolution } = selfCheckOf(process.env)
const support: KernelSupport = { groupedConvolution, dilatedConvolution: oneDnn }

export const kernelSupport = (): Readonly<KernelSupport> => support

/** Overrides what the environment says, for the self-check itself and for tests. What is recorded already stays as it is. */
export function setKernelSupport(proved: Readonly<KernelSupport>): void {
  Object.assign(support, proved)
}
