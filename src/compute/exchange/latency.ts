// How long one image takes in a runtime: what people compare exports by. The machine does other things meanwhile, so the median and
// the 95th percentile are told, never the mean.
import type { Latency } from '@shared/contract/latency'
import { nextTurn } from '@node/waiting'

/** Chosen: enough for a 95th percentile of small networks. */
const MOST_RUNS = 50
/** Large networks are run less often; one run may take longer than this. */
let mostMilliseconds = 3000
/** Runtimes make plans and memory in their first runs: not counted where there are more. */
const WARM_UP = 3

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0
}

/** For a process that runs hundreds of exports whose time nobody reads. */
export const limitLatency = (milliseconds: number): void => void (mostMilliseconds = milliseconds)

/** @param run one image, done when the promise is */
export async function measureLatency(run: () => Promise<void>): Promise<Latency> {
  const times: number[] = []
  const start = performance.now()
  do {
    const before = performance.now()
    await run()
    times.push(performance.now() - before)
    await nextTurn()
  } while (times.length < MOST_RUNS + WARM_UP && performance.now() - start < mostMilliseconds)
  const counted = times.length > 2 * WARM_UP ? times.slice(WARM_UP) : times
  const sorted = counted.sort((a, b) => a - b)
  return { median: percentile(sorted, 0.5), p95: percentile(sorted, 0.95), runs: sorted.length }
}
