// Binary tournament (CNN-GA, Sun et al. 2020, section III-D): the fitter of two members drawn at random.
import type { Random } from '../random'
import type { Member } from './strategy'

/** Draws for a mother unlike the father before the two are allowed to be the same; a population of one has no other. */
const PARTNER_TRIES = 10

/** A failed member has no fitness and loses to every other one. */
export function isFitter(first: Member, second: Member): boolean {
  if (first.fitness === undefined) return false
  return second.fitness === undefined || first.fitness > second.fitness
}

/** @throws RangeError when the pool is empty. */
export function tournament(pool: readonly Member[], random: Random): Member {
  const first = random.choice(pool)
  const second = random.choice(pool)
  return isFitter(second, first) ? second : first
}

/** Two parents by tournament, different members where the pool has more than one that wins. */
export function selectParents(pool: readonly Member[], random: Random): readonly [Member, Member] {
  const father = tournament(pool, random)
  let mother = tournament(pool, random)
  for (let i = 0; i < PARTNER_TRIES && mother.trialId === father.trialId; i++) mother = tournament(pool, random)
  return [father, mother]
}
