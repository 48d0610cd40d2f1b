// Spearman's rank correlation: Pearson's of ranks, equal values sharing the mean of theirs.

/** @returns -1 to 1; null for fewer than two pairs, or where one side does not vary */
export function rankCorrelation(first: readonly number[], second: readonly number[]): number | null {
  if (first.length < 2 || first.length !== second.length) return null
  const [a, b] = [ranks(first), ranks(second)]
  const mean = (a.length - 1) / 2
  let [product, left, right] = [0, 0, 0]
  a.forEach((rank, i) => {
    const [x, y] = [rank - mean, (b[i] ?? 0) - mean]
    product += x * y
    left += x * x
    right += y * y
  })
  return left === 0 || right === 0 ? null : product / Math.sqrt(left * right)
}

function ranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0))
  const result = new Array<number>(values.length).fill(0)
  for (let start = 0; start < order.length;) {
    let end = start
    while (end + 1 < order.length && values[order[end + 1] ?? 0] === values[order[start] ?? 0]) end++
    for (let i = start; i <= end; i++) result[order[i] ?? 0] = (start + end) / 2
    start = end + 1
  }
  return result
}
