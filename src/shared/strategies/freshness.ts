// Which architectures a run has already proposed. A repeat costs nothing but teaches nothing, so strategies prefer
// fresh ones and stop insisting after a bounded number of tries (docs/rules.md#order).
import type { Proposal, StrategyContext } from './strategy'

/** Tries per wanted proposal; small spaces run out of fresh architectures, and a search must not hang on that. */
const TRIES_PER_PROPOSAL = 10

/** Canonical keys of everything in the finished generations. */
export function knownKeys(context: Pick<StrategyContext, 'space' | 'history'>): Set<string> {
  const keys = new Set<string>()
  for (const generation of context.history)
    for (const member of generation) keys.add(context.space.canonicalKey(member.genotype))
  return keys
}

/**
 * `count` proposals from `make`, which may return several at once: fresh ones first, in the order made, and repeats
 * only where the tries ran out. `keys` grows by what is taken.
 */
export function preferFresh(
  count: number,
  keys: Set<string>,
  keyOf: (proposal: Proposal) => string,
  make: () => readonly Proposal[],
): Proposal[] {
  const taken: Proposal[] = []
  const repeats: Proposal[] = []
  for (let tries = 0; taken.length < count && tries < count * TRIES_PER_PROPOSAL; tries++)
    for (const proposal of make()) {
      const key = keyOf(proposal)
      if (keys.has(key)) repeats.push(proposal)
      else if (taken.length < count) {
        keys.add(key)
        taken.push(proposal)
      }
    }
  return [...taken, ...repeats.slice(0, count - taken.length)]
}
