// When a phase has learned enough, by its losses on networks that it does not learn from.

/**
 * Rises in a row that end a phase: the criterion UP of Prechelt (1998, "Early stopping, but when?"). One rise in two is noise; of four in a
 * row, one in 120 is.
 */
const RISES = 4

/** Whether the loss rose after each of the last epochs. @param losses one an epoch, oldest first */
export function hasRisen(losses: readonly number[]): boolean {
  const last = losses.slice(-RISES - 1)
  return last.length > RISES && last.every((loss, i) => i === 0 || loss > last[i - 1]!)
}

/** The epoch of the least loss, from 1; the first of equal ones, 0 for none. */
export const bestEpoch = (losses: readonly number[]): number => losses.indexOf(Math.min(...losses)) + 1

/** The epoch that is kept: the best where the loss has risen, else the last, which ended at a rate of zero. */
export const keptEpoch = (losses: readonly number[]): number => (hasRisen(losses) ? bestEpoch(losses) : losses.length)
