// Which native kernels this process may use: decided by the start-up self-check, read by the kernels with an alternative.
// The starting values are the ones that are right everywhere.

export interface KernelSupport {
  /** Native grouped convolution has right gradients (oneDNN or a GPU; TensorFlow's own CPU kernels have none). */
  groupedConvolution: boolean
  /** Native dilated convolution has right gradients (as above). */
  dilatedConvolution: boolean
}

const support: KernelSupport = { groupedConvolution: false, dilatedConvolution: false }

export const kernelSupport = (): Readonly<KernelSupport> => support

/** Called once when a compute starts, with what the self-check proved. Networks recorded before keep what they had. */
export function setKernelSupport(proved: Readonly<KernelSupport>): void {
  Object.assign(support, proved)
}
