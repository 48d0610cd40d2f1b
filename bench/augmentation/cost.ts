// What an option costs: round by round against the same round without it, so that what else the machine does falls on both.
import { median } from '../harness'

export interface Cost {
  readonly medianMs: number
  /** Median over rounds of the time above the baseline's in the same round. */
  readonly extraMs: number
  /** Of the baseline's median. */
  readonly share: number
}

/** @throws RangeError when the two do not have a value for each round */
export function costOf(times: readonly number[], baseline: readonly number[]): Cost {
  if (times.length !== baseline.length)
    throw new RangeError(`Costs need the same rounds, received ${times.length} and ${baseline.length}`)
  const extraMs = median(times.map((time, round) => time - baseline[round]!))
  return { medianMs: median(times), extraMs, share: extraMs / median(baseline) }
}
