// How long a run still takes, as a range: what finished trials took, projected onto those that remain. Pure; the engine
// counts, the window and the command line show.

export interface ForecastInput {
  /** Seconds of every trial that was trained to its end in this run; repeats that reused a result left out. */
  readonly finishedSeconds: readonly number[]
  /** Seconds each running trial has taken so far. */
  readonly runningSeconds: readonly number[]
  /** Trials still to finish, the running ones included. */
  readonly remaining: number
  /** Trials of a generation: the next one waits for the last of them. */
  readonly populationSize: number
  /** Computes that train at once. */
  readonly computes: number
  /** What is left of the run's time limit; null for none. */
  readonly secondsLeft: number | null
}

/** Normal quantile of an 80 % range: narrow enough to plan with, wrong one time in five. */
const QUANTILE = 1.28
/**
 * Until the spread is known, trials are taken to vary by half their mean, with the weight of two trials. Random chains
 * vary by 0.64 of their mean in multiply-accumulates (docs/decisions/011-chain-sampling.md), and time has a fixed part too.
 */
const PRIOR_VARIATION = 0.5
const PRIOR_WEIGHT = 2

/**
 * A trial that has taken as long as the others is due, and yet not done: it is taken to need another fifth of their mean. Chosen
 * by us; without it the last trial of a run would need nothing while it still trains.
 */
const STILL_NEEDED = 0.2

/** Rounds of parallel trials, each as long as a trial, with the idle computes at the end of every generation. */
function rounds(remaining: number, populationSize: number, computes: number): number {
  const whole = Math.floor(remaining / populationSize)
  return whole * Math.ceil(populationSize / computes) + Math.ceil((remaining % populationSize) / computes)
}

/**
 * Seconds left, `low` to `high`, about an 80 % range of a sum of trials like the finished ones; null before the first
 * trial has finished. Both are 0 when nothing remains, above it otherwise, and never above what the time limit leaves.
 */
export function forecastRemaining(input: ForecastInput): { low: number; high: number } | null {
  const { finishedSeconds, runningSeconds, remaining, secondsLeft } = input
  if (remaining <= 0) return { low: 0, high: 0 }
  const count = finishedSeconds.length
  if (count === 0) return null
  const computes = Math.max(1, input.computes)
  const mean = finishedSeconds.reduce((sum, seconds) => sum + seconds, 0) / count
  const squares = finishedSeconds.reduce((sum, seconds) => sum + (seconds - mean) ** 2, 0)
  const variance = (squares + PRIOR_WEIGHT * (PRIOR_VARIATION * mean) ** 2) / (count + PRIOR_WEIGHT)
  const done = runningSeconds.reduce((sum, seconds) => sum + Math.min(seconds, (1 - STILL_NEEDED) * mean), 0)
  const planned = rounds(remaining, Math.max(1, input.populationSize), computes) * mean
  const expected = Math.max(planned - done / computes, STILL_NEEDED * mean)
  if (expected === 0) return { low: 0, high: 0 } // tables answer in no time
  // Prediction of a sum: each trial varies, and the mean they are predicted with is itself uncertain.
  const deviation = Math.sqrt(variance * (remaining + remaining ** 2 / count)) / computes
  // Log-normal with these moments: a time is never nothing, and overruns more than it falls short.
  const spread = Math.exp(QUANTILE * Math.sqrt(Math.log(1 + (deviation / expected) ** 2)))
  const limit = secondsLeft ?? Number.POSITIVE_INFINITY
  const within = (seconds: number): number => Math.min(Math.max(0, seconds), Math.max(0, limit))
  return { low: within(expected / spread), high: within(expected * spread) }
}
