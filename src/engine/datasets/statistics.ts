// Mean and deviation of a split, from counts of its values.

/** Counts of every value per channel: exact sums for mean and deviation, whatever the number of images. */
export type Histogram = readonly Float64Array[]

export function emptyHistogram(channels: number): Histogram {
  return Array.from({ length: channels }, () => new Float64Array(256))
}

/** Mean and deviation (over pixels, population form) of values scaled to [0, 1], to 6 digits. */
export function statistics(histogram: Histogram): { mean: number[]; deviation: number[] } {
  const moments = histogram.map((counts) => {
    let total = 0
    let sum = 0
    let squares = 0
    counts.forEach((count, value) => {
      total += count
      sum += count * value
      squares += count * value * value
    })
    const mean = sum / total
    return { mean: mean / 255, deviation: Math.sqrt(squares / total - mean * mean) / 255 }
  })
  const round = (value: number): number => Number(value.toFixed(6))
  return { mean: moments.map(({ mean }) => round(mean)), deviation: moments.map(({ deviation }) => round(deviation)) }
}
