// Whether a paired difference could be chance: the Wilcoxon signed-rank test (Wilcoxon 1945) and a bootstrap interval of the mean
// (Efron 1979). jstat has neither for pairs; the test's golden values are scipy's.
import { jStat } from 'jstat'
import { createRandom } from '../../random'

export interface SignedRank {
  /** Two-sided; 1 where nothing differs. */
  readonly p: number
  /** Pairs that differ. */
  readonly pairs: number
}

/** Up to here all signs are counted: two to the 50 is still a whole number of a double. */
const MOST_COUNTED = 50

/** Ranks from 1, equal values sharing the mean of theirs. */
function midRanks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!)
  const ranks = new Array<number>(values.length)
  for (let start = 0; start < order.length;) {
    let end = start
    while (end + 1 < order.length && values[order[end + 1]!] === values[order[start]!]) end++
    for (let i = start; i <= end; i++) ranks[order[i]!] = (start + end) / 2 + 1
    start = end + 1
  }
  return ranks
}

/** Share of all ways to give the ranks signs in which the positive ones sum to at most `sum`. Ranks are whole or half numbers. */
function countedTail(ranks: readonly number[], sum: number): number {
  const doubled = ranks.map((rank) => Math.round(2 * rank))
  const total = doubled.reduce((all, rank) => all + rank, 0)
  const ways = new Float64Array(total + 1)
  ways[0] = 1
  for (const rank of doubled) for (let at = total; at >= rank; at--) ways[at] = ways[at]! + ways[at - rank]!
  let below = 0
  for (let at = 0; at <= Math.round(2 * sum); at++) below += ways[at]!
  return below / 2 ** ranks.length
}

/** The normal approximation, ties counted, without a correction for continuity. */
function approximateTail(ranks: readonly number[], sum: number): number {
  const n = ranks.length
  const counts = new Map<number, number>()
  for (const rank of ranks) counts.set(rank, (counts.get(rank) ?? 0) + 1)
  const ties = [...counts.values()].reduce((all, count) => all + count ** 3 - count, 0)
  const deviation = Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24 - ties / 48)
  return jStat.normal.cdf((sum - (n * (n + 1)) / 4) / deviation, 0, 1)
}

/** @param differences of pairs; those of 0 say nothing and are left out, as Wilcoxon did */
export function signedRank(differences: readonly number[]): SignedRank {
  const given = differences.filter((difference) => difference !== 0)
  const pairs = given.length
  if (pairs === 0) return { p: 1, pairs }
  const ranks = midRanks(given.map(Math.abs))
  const sumOf = (isWanted: (difference: number) => boolean): number =>
    ranks.reduce((sum, rank, i) => sum + (isWanted(given[i]!) ? rank : 0), 0)
  const smaller = Math.min(
    sumOf((difference) => difference > 0),
    sumOf((difference) => difference < 0),
  )
  const tail = pairs <= MOST_COUNTED ? countedTail(ranks, smaller) : approximateTail(ranks, smaller)
  return { p: Math.min(1, 2 * tail), pairs }
}

/** The smallest p that so many pairs can come to. */
export const smallestP = (pairs: number): number => Math.min(1, 2 ** (1 - pairs))

/** Holm's correction (1979) of several tests at once, in the order given. */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((_, i) => i).sort((a, b) => ps[a]! - ps[b]!)
  const corrected = new Array<number>(ps.length)
  let largest = 0
  order.forEach((index, rank) => {
    largest = Math.max(largest, Math.min(1, ps[index]! * (ps.length - rank)))
    corrected[index] = largest
  })
  return corrected
}

export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

export interface BootstrapInterval {
  readonly low: number
  readonly high: number
  /** Share of the resamples whose mean is above 0, those at 0 counted half. */
  readonly above: number
}

/** Enough that the ends of a 95 % interval move by less than a hundredth of its width between seeds. Tried with normal values. */
const RESAMPLES = 10_000
const LEVEL = 0.95

/** 95 % percentile interval of the mean; the same for the same values. @param values at least one */
export function bootstrapMean(values: readonly number[], resamples = RESAMPLES): BootstrapInterval {
  const random = createRandom(values.length).fork('bootstrap')
  const means = new Float64Array(resamples)
  for (let i = 0; i < resamples; i++) {
    let sum = 0
    for (let j = 0; j < values.length; j++) sum += values[random.integer(values.length)]!
    means[i] = sum / values.length
  }
  means.sort()
  const at = (share: number): number =>
    means[Math.min(resamples - 1, Math.max(0, Math.round(share * (resamples - 1))))]!
  let above = 0
  for (const mean of means) above += mean > 0 ? 1 : mean === 0 ? 0.5 : 0
  return { low: at((1 - LEVEL) / 2), high: at((1 + LEVEL) / 2), above: above / resamples }
}
