// The watch over a compute in training: one that gives no sign of life for longer than its own pace explains is hung (a native
// deadlock, a stopped process) and is killed, so that the trial is tried again (docs/rules.md#nobody-waits-for-ever).
import { AppError } from '@shared/errors'
import type { TrainEvent } from '@shared/contract/compute'
import { within } from '@node/waiting'

export interface SilenceLimits {
  /** Until the first step is told: reading the data, recording the network, choosing algorithms. Milliseconds. */
  readonly firstMs: number
  /** Afterwards, at least. Milliseconds. */
  readonly leastMs: number
  /** Afterwards, as a multiple of the longest silence so far. */
  readonly factor: number
}

/**
 * A step of the largest zoo network on two cores takes about a minute, and the first one several times that; a compute that
 * shares its cores with others is slowed by their number. Chosen with room: a hung step is rare, a killed good one is a loss.
 */
const LIMITS: SilenceLimits = { firstMs: 15 * 60_000, leastMs: 3 * 60_000, factor: 20 }

export class SilenceWatch {
  private longest: number | null = null
  private quietSince: number

  /** @param kill ends the compute's process */
  constructor(
    private readonly kill: () => void,
    private readonly limits: SilenceLimits = LIMITS,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.quietSince = now()
  }

  /** What the next sign of life may take, in milliseconds. */
  get allowedMs(): number {
    const { firstMs, leastMs, factor } = this.limits
    return this.longest === null ? firstMs : Math.max(leastMs, factor * this.longest)
  }

  /** Notes a sign of life. The pace is known from the first step on. */
  noteSign(type: TrainEvent['type']): void {
    const quiet = this.now() - this.quietSince
    this.quietSince = this.now()
    if (this.longest !== null) this.longest = Math.max(this.longest, quiet)
    // The gap before the first step is the start's, not the pace's.
    else if (type === 'step') this.longest = 0
  }

  /**
   * Waits for the next sign.
   * @throws AppError `compute-died` when it does not come in time; the process is then killed
   */
  async during<T>(sign: Promise<T>): Promise<T> {
    const allowed = this.allowedMs
    return within(allowed, sign, () => {
      this.kill()
      throw new AppError(
        'compute-died',
        `The compute gave no sign of life for ${Math.round(allowed / 1000)} s in the middle of a training and was ended.`,
        'The trial is tried again by itself.',
      )
    })
  }
}
