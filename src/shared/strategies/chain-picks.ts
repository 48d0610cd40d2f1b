// What to evaluate before anything is known of block chains: what trained chains elsewhere let expect most of, among random members and
// changes of the best of them, and unlike each other (docs/method.md#first-picks-of-chains).
import type { Breathe } from '../breathe'
import type { Random } from '../random'
import type { Genotype, Space } from '../spaces/space'

/** Rounds of changing the best, so many of them, so often each. Of a space of 10^20 a random pool holds nothing that is good. */
const ROUNDS = 3
const PARENTS = 20
const CHANGES = 10
/** Edits between two picks: of some 15 places; nearer, they tell hardly more than one. */
const LEAST_DISTANCE = 4
/** Chains that are weighed between two breaths: some twenty milliseconds. */
const A_BREATH = 16

/**
 * Draws alike whoever breathes meanwhile.
 * @param pool of random members
 * @param expects of which more is more promising
 * @returns at most `count` picks, and all that was weighed beside the pool
 */
export async function chainPicks(
  space: Space,
  pool: readonly Genotype[],
  expects: (genotype: Genotype) => number,
  count: number,
  random: Random,
  breathe?: Breathe,
): Promise<{ readonly picks: Genotype[]; readonly bred: Genotype[] }> {
  const scored = new Map<string, { readonly genotype: Genotype; readonly score: number }>()
  let offered = 0
  const offer = async (genotype: Genotype): Promise<void> => {
    if (offered++ % A_BREATH === 0) await breathe?.()
    const key = space.canonicalKey(genotype)
    if (!scored.has(key)) scored.set(key, { genotype, score: expects(genotype) })
  }
  const best = () => [...scored.values()].sort((a, b) => b.score - a.score)
  for (const genotype of pool) await offer(genotype)
  const before = scored.size
  for (let round = 0; round < ROUNDS; round++)
    for (const { genotype } of best().slice(0, PARENTS))
      for (let change = 0; change < CHANGES; change++) {
        const once = space.mutate(genotype, random)
        await offer(change % 2 === 0 ? once : space.mutate(once, random))
      }
  const bred = [...scored.values()].slice(before).map(({ genotype }) => genotype)
  const picks: Genotype[] = []
  for (const { genotype } of best()) {
    if (picks.length >= count) break
    if (picks.every((pick) => space.distance(genotype, pick) >= LEAST_DISTANCE)) picks.push(genotype)
  }
  return { picks, bred }
}
