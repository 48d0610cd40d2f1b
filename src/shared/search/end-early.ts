// Ends a training early that will not come near the others: the median rule (Golovin and others 2017, "Google Vizier", section 3.2.2). A
// trial ends after an epoch where its best accuracy so far is below the median of what the others had on average up to that epoch.

/** The median of fewer curves is that of chance. Chosen by us. */
export const LEAST_CURVES = 5

/**
 * By epoch, from the first, the accuracy below which a training ends; null where too few curves reach.
 * @param curves validation accuracy by epoch, of trials that have ended; each speaks for the epochs that it has
 * @param epochs of a whole training, whose last one ends it anyway
 */
export function medianBounds(curves: readonly (readonly number[])[], epochs: number): (number | null)[] {
  return Array.from({ length: Math.max(0, epochs - 1) }, (_, index) => {
    const averages = curves.flatMap((curve) =>
      curve.length > index ? [curve.slice(0, index + 1).reduce((sum, value) => sum + value, 0) / (index + 1)] : [],
    )
    return averages.length < LEAST_CURVES ? null : median(averages)
  })
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
