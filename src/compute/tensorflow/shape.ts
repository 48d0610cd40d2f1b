// Shapes as plain numbers. No tensors here.

/** Number of elements of `shape`; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}
