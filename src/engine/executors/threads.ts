// How many processor threads a job's compute has and what they do: as the plan of devices gives them to its slot, or, for a
// training that runs alone, all of them. Why and by which figures: docs/decisions/071.
import type { NetworkCost } from '@shared/architecture/cost'
import type { ThreadUse } from '@shared/runtime/compute-environment'

export interface ComputeThreads {
  readonly threads: number
  readonly use: ThreadUse
}

/** `of-slot`: as planned for many trainings side by side. */
export type ThreadsWanted = 'of-slot' | ComputeThreads

export const isSameThreads = (a: ThreadsWanted, b: ThreadsWanted): boolean =>
  a === b || (a !== 'of-slot' && b !== 'of-slot' && a.threads === b.threads && a.use === b.use)

/**
 * Multiply-accumulates of one step in a mean layer below which an op is too small to be divided: both ways were as fast at 12 to 20
 * million, twice as fast undivided at 2 million and 15 % slower at 40 million (decision 071).
 */
const SMALL_OP = 16e6

/** What suits the steps of a network best. */
export function threadUseFor({ macs, layers }: NetworkCost, batchSize: number): ThreadUse {
  const working = [...layers.values()].filter((layer) => layer.macs > 0).length
  return (macs * batchSize) / Math.max(1, working) < SMALL_OP ? 'across-ops' : 'within-ops'
}
