// Holds computes that share a card to their part of its memory. TensorFlow has no variable for a limit and the binding takes no
// session options, so a compute that outgrows its part is ended before it starves its neighbours; its trial then fails as out of
// memory. Where the driver does not tell whose memory is whose (containers, Windows), nothing is ended.
import { AppError } from '@shared/errors'
import type { GpuProcess } from '../machine/nvidia-smi'

/** As often as a card is looked at for people (machine/gpu-meter): a compute grows over its first steps, then stays. */
const EVERY_MS = 5_000

export interface WatchedSlot {
  readonly slot: number
  readonly pid: number
  readonly card: string
  /** Bytes that its compute may hold. */
  readonly limit: number
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`

/** The slots whose compute holds more than it may, with what to tell their jobs. */
export function outgrown(
  slots: readonly WatchedSlot[],
  processes: readonly GpuProcess[],
): { slot: number; error: AppError }[] {
  return slots.flatMap(({ slot, pid, card, limit }) => {
    const held = processes.filter((process) => process.pid === pid).reduce((sum, { usedBytes }) => sum + usedBytes, 0)
    if (held <= limit) return []
    const message = `Compute ${slot + 1} held ${gigabytes(held)} of ${card}; its part is ${gigabytes(limit)}.`
    const fix = 'Use fewer slots per card, a larger memory share, smaller batches or smaller networks.'
    return [{ slot, error: new AppError('out-of-memory', message, fix) }]
  })
}

/**
 * Looks at the cards from time to time while there is something to look at.
 * @param slots the computes at this moment that have a limit
 * @returns a function that ends it
 */
export function watchGpuShares(
  slots: () => readonly WatchedSlot[],
  processes: () => Promise<readonly GpuProcess[]>,
  fail: (slot: number, error: AppError) => void,
  everyMs = EVERY_MS,
): () => void {
  let isLooking = false
  const look = async (): Promise<void> => {
    if (isLooking || slots().length === 0) return
    isLooking = true
    try {
      const held = await processes()
      // Asked again: whoever has ended meanwhile must not be blamed on his successor.
      for (const { slot, error } of outgrown(slots(), held)) fail(slot, error)
    } finally {
      isLooking = false
    }
  }
  const timer = setInterval(() => void look(), everyMs)
  timer.unref()
  return () => clearInterval(timer)
}
