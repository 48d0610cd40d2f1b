// How much values of the same thing differ: the pooled variance within groups, as in a one-way analysis of variance.

/**
 * @param groups indices into `values`; groups of one say nothing
 * @returns the variance and its degrees of freedom; null where no group has two
 */
export function spreadWithin(
  values: readonly number[],
  groups: readonly (readonly number[])[],
): { readonly variance: number; readonly freedom: number } | null {
  let [squares, freedom] = [0, 0]
  for (const group of groups) {
    const own = group.map((index) => values[index] ?? 0)
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length
    squares += own.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    freedom += Math.max(0, own.length - 1)
  }
  return freedom === 0 ? null : { variance: squares / freedom, freedom }
}
