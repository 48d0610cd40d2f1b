// What a trial took of the machine while it trained, averaged over all its attempts. Measured by the engine
// (engine/machine/training-meter); null, never 0, where the system does not tell.
import { z } from 'zod'

export const usageSchema = z.object({
  /** Cores its compute kept busy on average, all threads together: processor seconds per second of training. */
  cores: z.number().min(0).nullable(),
  /** Seconds over which `cores` was counted: every attempt from its compute to its end, without waiting for one. */
  countedSeconds: z.number().min(0),
  /** Most memory its compute held resident while it trained this. */
  peakMemoryBytes: z.number().int().min(0).nullable(),
  /** Mean share of the time in which the graphics card worked, for whichever compute; null without a card. */
  cardUtilisation: z.number().min(0).max(1).nullable(),
  /** Readings of the card that went into the mean. */
  cardReadings: z.number().int().min(0),
  /** Most device memory its compute held at a reading; null where the driver does not tell whose memory is whose. */
  peakCardMemoryBytes: z.number().int().min(0).nullable(),
})
export type TrialUsage = z.infer<typeof usageSchema>

/** Mean of two means over `n` and `m`; one that is not known does not count. */
function weighted(first: number | null, n: number, second: number | null, m: number): number | null {
  if (first === null) return second
  if (second === null || n + m === 0) return first
  return (first * n + second * m) / (n + m)
}

const larger = (first: number | null, second: number | null): number | null =>
  first === null || second === null ? (first ?? second) : Math.max(first, second)

/** Two attempts at one trial together; null is an attempt of which nothing was measured. */
export function addUsage(first: TrialUsage | null, second: TrialUsage | null): TrialUsage | null {
  if (first === null || second === null) return first ?? second
  return {
    cores: weighted(first.cores, first.countedSeconds, second.cores, second.countedSeconds),
    countedSeconds: first.countedSeconds + second.countedSeconds,
    peakMemoryBytes: larger(first.peakMemoryBytes, second.peakMemoryBytes),
    cardUtilisation: weighted(first.cardUtilisation, first.cardReadings, second.cardUtilisation, second.cardReadings),
    cardReadings: first.cardReadings + second.cardReadings,
    peakCardMemoryBytes: larger(first.peakCardMemoryBytes, second.peakCardMemoryBytes),
  }
}
