// Counts what a search evaluates: distinct architectures, and repeats apart (docs/rules.md#budgets). Runs and comparisons on a
// table count alike here; what a run does at its end is engine/runs'.
import type { Genotype, Space } from '../spaces/space'
import type { RunEnd } from './run-states'

/**
 * Proposals in a row without a new architecture after which a search ends: what its strategy can find is used up, though the
 * space may not be. Strategies try ten times for each fresh proposal, so this is some 2,000 tries. Chosen by us.
 */
export const MOST_REPEATS = 200

export class Evaluations {
  private readonly known = new Set<string>()
  private proposed = 0
  private inARow = 0

  /** @param budget distinct evaluations */
  constructor(private readonly budget: number) {}

  get distinct(): number {
    return this.known.size
  }

  get repeats(): number {
    return this.proposed - this.known.size
  }

  /** Of what was evaluated. */
  get keys(): ReadonlySet<string> {
    return this.known
  }

  /** Counts the next proposal. @returns whether it is a new evaluation */
  add(key: string): boolean {
    const isNew = !this.known.has(key)
    this.known.add(key)
    this.proposed++
    this.inARow = isNew ? 0 : this.inARow + 1
    return isNew
  }

  /** How many of these proposals, from the first on, the budget has room for: repeats take none, nothing follows the last evaluation. */
  roomFor(keys: readonly string[]): number {
    const now = new Set(this.known)
    for (const [index, key] of keys.entries()) {
      if (now.size >= this.budget) return index
      now.add(key)
    }
    return keys.length
  }

  /** Why nothing more is to be proposed; null while something is. */
  get end(): Extract<RunEnd, 'evaluations' | 'repeats'> | null {
    if (this.distinct >= this.budget) return 'evaluations'
    return this.inARow >= MOST_REPEATS ? 'repeats' : null
  }
}

/**
 * Whether a space has no architecture left that was not tried. It is looked through only as far as the first such one.
 * @param tried canonical keys
 */
export function isUsedUp<G extends Genotype>(space: Space<G>, tried: ReadonlySet<string>): boolean {
  if (space.all === undefined) return tried.size >= space.size().count
  for (const genotype of space.all()) if (!tried.has(space.canonicalKey(genotype))) return false
  return true
}
