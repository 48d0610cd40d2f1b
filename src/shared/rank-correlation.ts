// How alike two orders of the same things are: Spearman's and Kendall's coefficients, from -1 to 1. Equal values share their ranks.
import { createRandom } from './random'

/** Ranks from 1; equal values have the mean of theirs. */
function ranks(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((a, b) => values[a]! - values[b]!)
  const result = new Array<number>(values.length)
  for (let start = 0; start < order.length;) {
    let end = start
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++
    for (let i = start; i < end; i++) result[order[i]!] = (start + end + 1) / 2
    start = end
  }
  return result
}

/** Spearman's rho; 0 where either is constant. */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [ranks(a), ranks(b)]
  const mean = (a.length + 1) / 2
  let xy = 0
  let xx = 0
  let yy = 0
  for (let i = 0; i < a.length; i++) {
    xy += (x[i]! - mean) * (y[i]! - mean)
    xx += (x[i]! - mean) ** 2
    yy += (y[i]! - mean) ** 2
  }
  return xx === 0 || yy === 0 ? 0 : xy / Math.sqrt(xx * yy)
}

/** Kendall's tau-b (1945): pairs in the same order less those in the other, equal values counted out; 0 where either is constant. */
export function kendallTau(a: readonly number[], b: readonly number[]): number {
  let agreement = 0
  let [differA, differB] = [0, 0]
  for (let i = 0; i < a.length; i++)
    for (let j = 0; j < i; j++) {
      const x = Math.sign(a[i]! - a[j]!)
      const y = Math.sign(b[i]! - b[j]!)
      agreement += x * y
      differA += Math.abs(x)
      differB += Math.abs(y)
    }
  return differA === 0 || differB === 0 ? 0 : agreement / Math.sqrt(differA * differB)
}

export interface TauInterval {
  readonly tau: number
  /** Of 95 %. */
  readonly low: number
  readonly high: number
  /** That were compared: n (n - 1) / 2. */
  readonly pairs: number
}

/** Of the bootstrap; fewer for many things, whose pairs grow with their square. Chosen by us: some tens of milliseconds for some hundred things. */
const [RESAMPLES, LEAST_RESAMPLES, COMPARISONS] = [2000, 200, 4e6]
const LEVEL = 0.95

/**
 * Kendall's tau with a percentile interval, by drawing the things anew (Efron 1979); the same for the same values. A thing drawn twice
 * ties with itself, which tau-b counts out.
 * @param a at least two values
 */
export function kendallInterval(a: readonly number[], b: readonly number[]): TauInterval {
  const n = a.length
  const pairs = (n * (n - 1)) / 2
  const resamples = Math.max(LEAST_RESAMPLES, Math.min(RESAMPLES, Math.floor(COMPARISONS / Math.max(1, pairs))))
  const random = createRandom(n).fork('kendall')
  const taus = Array.from({ length: resamples }, () => {
    const drawn = Array.from({ length: n }, () => random.integer(n))
    return kendallTau(
      drawn.map((i) => a[i]!),
      drawn.map((i) => b[i]!),
    )
  }).sort((x, y) => x - y)
  const at = (share: number): number => taus[Math.round(share * (resamples - 1))] ?? NaN
  return { tau: kendallTau(a, b), low: at((1 - LEVEL) / 2), high: at((1 + LEVEL) / 2), pairs }
}
