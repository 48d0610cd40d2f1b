// Sizes of the images of an import before they are fitted.
import type { ImportReport } from '@shared/contract/datasets'

const COMMON = 5

export class SizeStatistics {
  private readonly counts = new Map<string, { height: number; width: number; count: number }>()

  add(height: number, width: number): void {
    const key = `${height}x${width}`
    const entry = this.counts.get(key)
    if (entry === undefined) this.counts.set(key, { height, width, count: 1 })
    else entry.count++
  }

  summary(): ImportReport['sizes'] {
    const entries = [...this.counts.values()]
    return {
      height: range(entries.map(({ height, count }) => ({ value: height, count }))),
      width: range(entries.map(({ width, count }) => ({ value: width, count }))),
      common: [...entries]
        .sort((a, b) => b.count - a.count || a.height - b.height || a.width - b.width)
        .slice(0, COMMON),
      distinct: entries.length,
    }
  }
}

/** Of weighted values; of an even number the lower median. */
function range(values: readonly { value: number; count: number }[]): { min: number; median: number; max: number } {
  const sorted = [...values].sort((a, b) => a.value - b.value)
  const half = sorted.reduce((sum, { count }) => sum + count, 0) / 2
  let seen = 0
  const median = sorted.find(({ count }) => (seen += count) >= half)
  return { min: sorted[0]?.value ?? 0, median: median?.value ?? 0, max: sorted.at(-1)?.value ?? 0 }
}
