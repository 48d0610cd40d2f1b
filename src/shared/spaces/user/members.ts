// Which architectures belong to a user-defined space: what table-members.ts and network-members.ts answer.
import type { Random } from '../../random'

/** Choice indices, one a position. */
export type Choices = readonly number[]

export interface Members {
  /** Exact, or an upper bound where limits of cost leave it open. */
  size(): { readonly count: number; readonly exact: boolean }
  /** Why an architecture is outside; empty when it is inside. */
  problems(choices: Choices): readonly string[]
  /** Whether some member starts with these choices. */
  canFinish(prefix: Choices): boolean
  /** @throws AppError `invalid-input` when there is no member. */
  random(random: Random): Choices
  /** Every member, in the order of the indices. */
  all(): Generator<Choices>
  /** The members nearest to one that has no member a single choice away; at most `limit`, in a fixed order. */
  nearest(choices: Choices, limit: number): readonly Choices[]
}

/** Number of positions at which two architectures differ. */
export function hammingDistance(first: Choices, second: Choices): number {
  let count = 0
  for (let i = 0; i < first.length; i++) if (first[i] !== second[i]) count++
  return count
}
