/** Number of elements of a tensor of that shape, or of one of its images; 1 for a scalar. */
export const elementCount = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1)
