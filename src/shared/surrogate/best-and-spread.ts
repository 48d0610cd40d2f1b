// Which of many results a surrogate reads where all of them would take too long: the best half of as many as it can, and an even choice
// of the others, so that it knows what is good and still what is bad.

/**
 * @param bestFirst indices of all results, in the order of their worth
 * @param most even
 * @returns ascending indices, all of them where there are no more than `most`
 */
export function bestAndSpread(bestFirst: readonly number[], most: number): number[] {
  const ascending = (indices: readonly number[]): number[] => [...indices].sort((a, b) => a - b)
  if (bestFirst.length <= most) return ascending(bestFirst)
  const half = most / 2
  const rest = bestFirst.slice(half)
  const spread = Array.from({ length: half }, (_, i) => rest[Math.floor((i * rest.length) / half)] ?? 0)
  return ascending([...bestFirst.slice(0, half), ...spread])
}
