// Kernels in other forms that give the same sums, for programs that know no dilation or no groups: zeros between the rows of a dilated
// one, zeros beside the blocks of a grouped one, or one kernel for each group. Arrays only.
import { windowExtent, type WindowRule } from '@shared/architecture/catalogue/window'
import { elementCount } from '@shared/element-count'
import type { Grid } from './rounding'

export interface Kernel {
  /** `[height, width, ...]` */
  readonly shape: readonly number[]
  readonly values: Float32Array
  /** What its values were rounded to; zero is always a level. */
  readonly grid?: Grid
}

/**
 * A grouped kernel is written as one kernel with zeros outside the diagonal blocks up to this many values (4 MiB);
 * beyond it as one convolution per group, which costs layers instead of bytes. Chosen as the size of one weight shard.
 */
export const BLOCK_DIAGONAL_LIMIT = 1024 * 1024

/** `kernel` `[height, width, ...]` with zeros between its rows and columns: the same sums as a dilated convolution. */
export function spreadKernel(kernel: Kernel, dilation: number): Kernel {
  if (dilation === 1) return kernel
  const [height, width, ...rest] = kernel.shape as [number, number, ...number[]]
  const inner = elementCount(rest)
  const wide = dilation * (width - 1) + 1
  const shape = [dilation * (height - 1) + 1, wide, ...rest]
  const values = new Float32Array(elementCount(shape))
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * inner
      values.set(kernel.values.subarray(from, from + inner), (y * dilation * wide + x * dilation) * inner)
    }
  return { ...kernel, shape, values }
}

/** The window of a kernel that was spread. */
export function spreadRule({ kernel, dilation, ...rest }: WindowRule): WindowRule {
  return { ...rest, kernel: [windowExtent(kernel[0], dilation), windowExtent(kernel[1], dilation)], dilation: 1 }
}

/** Grouped kernel `[height, width, inputs per group, outputs]` as an ordinary one `[height, width, inputs, outputs]`. */
export function blockDiagonal(kernel: Kernel, groups: number): Kernel {
  const [height, width, groupInputs, outputs] = kernel.shape as [number, number, number, number]
  const groupOutputs = outputs / groups
  const inputs = groupInputs * groups
  const values = new Float32Array(height * width * inputs * outputs)
  for (let position = 0; position < height * width; position++)
    for (let input = 0; input < inputs; input++) {
      const group = Math.floor(input / groupInputs)
      const from = (position * groupInputs + (input % groupInputs)) * outputs + group * groupOutputs
      const to = (position * inputs + input) * outputs + group * groupOutputs
      values.set(kernel.values.subarray(from, from + groupOutputs), to)
    }
  return { ...kernel, shape: [height, width, inputs, outputs], values }
}

/** The kernel of one group, `[height, width, inputs per group, outputs per group]`. */
export function groupKernel(kernel: Kernel, groups: number, group: number): Kernel {
  const [height, width, groupInputs, outputs] = kernel.shape as [number, number, number, number]
  const groupOutputs = outputs / groups
  const rows = height * width * groupInputs
  const values = new Float32Array(rows * groupOutputs)
  for (let row = 0; row < rows; row++) {
    const from = row * outputs + group * groupOutputs
    values.set(kernel.values.subarray(from, from + groupOutputs), row * groupOutputs)
  }
  return { ...kernel, shape: [height, width, groupInputs, groupOutputs], values }
}
