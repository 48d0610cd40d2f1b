// What ends a training from outside, looked at after every step: its caller, and the time a trial may take.
import type { TrainJob } from '@shared/contract/compute'
import { AppError } from '@shared/errors'
import { nextTurn } from '@node/waiting'

/** Milliseconds. */
export interface Clock {
  readonly now: () => number
  /** When the call began that this training is for. */
  readonly startedAt: number
}

export interface LimitsOptions {
  readonly clock: Clock
  readonly signal: AbortSignal | undefined
  readonly timeLimitSeconds: TrainJob['timeLimitSeconds']
  /** What earlier attempts have trained, up to the checkpoint. */
  readonly secondsBefore: number
}

export class Limits {
  constructor(private readonly options: LimitsOptions) {}

  /** Trained so far over all attempts. */
  seconds(): number {
    const { clock, secondsBefore } = this.options
    return secondsBefore + (clock.now() - clock.startedAt) / 1000
  }

  /** Lets messages in, then @throws AppError `cancelled` or `time-limit`. */
  async check(): Promise<void> {
    await nextTurn()
    const { signal, timeLimitSeconds } = this.options
    if (signal?.aborted) throw new AppError('cancelled', 'The training was stopped.')
    if (timeLimitSeconds !== null && this.seconds() > timeLimitSeconds)
      throw new AppError(
        'time-limit',
        `Training took more than its limit of ${timeLimitSeconds} s.`,
        'Raise the time limit of a trial, or lower the cost limit of the space.',
      )
  }
}
