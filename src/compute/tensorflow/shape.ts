// Shapes as plain numbers. No tensors here.

/** The size of the last axis: the channels of a map, the width of a row. @throws RangeError for a scalar, the programmer's error */
export function lastAxisOf(shape: readonly number[]): number {
  const size = shape.at(-1)
  if (size === undefined) throw new RangeError('A scalar has no last axis')
  return size
}
