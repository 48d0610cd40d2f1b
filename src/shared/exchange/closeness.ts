// How near the outputs of an export must be to those of the trained network, by what it computes in. Numbers only.

/**
 * Largest difference of a logit, relative to the largest logit of its set of inputs, that still counts as the same network; of a
 * probability, absolutely. Float32 sums in another order differ by about 1e-6 in a 20-layer network; 1e-4 leaves room for deep ones
 * and still shows any wrong padding or statistic.
 */
export const PROOF_TOLERANCE = 1e-4

/** What two networks may differ by, and how much their outputs must vary for that to say something. */
export interface Closeness {
  /** As `PROOF_TOLERANCE`. */
  readonly tolerance: number
  /** Outputs must vary over the inputs by this share of the largest logit, or what is allowed would hide a different network. */
  readonly leastVariation: number
  /** Two classes whose scores are nearer than what may differ may change places. */
  readonly mayTurnTies: boolean
  /** Accuracy may fall by this share, classes may turn and random inputs are told only; absent where a class may not turn. */
  readonly mostAccuracyLost?: number
  /** Images of the proof, where more than usual are needed. */
  readonly images?: number
}

/** No more than a hundredth of what varies may differ. Chosen. */
export const FLOAT32_CLOSENESS: Closeness = {
  tolerance: PROOF_TOLERANCE,
  leastVariation: 100 * PROOF_TOLERANCE,
  mayTurnTies: false,
}

/**
 * A half has eleven bits, so one rounding is up to 5e-4 of a value; sums of many roundings in deep networks stay below this. Chosen;
 * no more than a tenth of what varies may differ.
 */
export const FLOAT16_CLOSENESS: Closeness = { tolerance: 1e-2, leastVariation: 0.1, mayTurnTies: true }

/**
 * Integers of eight bits move scores by some hundredths, so accuracy is what decides: one point, on enough images to see it. The
 * tolerance shows what is wrong altogether. Chosen; no more than half of what varies may differ.
 */
export const INT8_CLOSENESS: Closeness = {
  tolerance: 0.25,
  leastVariation: 0.5,
  mayTurnTies: true,
  mostAccuracyLost: 0.01,
  images: 1000,
}
