// A space without the architectures that exceed the limits of a search: every draw and every operator gives one within them, so that
// none above is ever proposed, let alone trained (docs/decisions/143-limits-are-part-of-the-space.md).
import { AppError } from '../errors'
import type { Random } from '../random'
import type { Genotype, Space } from './space'

/** Draws before limits count as leaving nothing: at one in a hundred within them, a failure in some 20,000. Chosen by us. */
const RANDOM_TRIES = 1000
/** Of an operator, whose parents are within the limits; then the parents themselves stand. */
const OPERATOR_TRIES = 20
/** Verdicts that are remembered: a pool and the neighbours of its best ask again and again. */
const REMEMBERED = 20_000

/**
 * @param excess why an architecture of the space is above the limits; null where it is within
 * @returns the same space, smaller; `random` throws AppError `invalid-input` where the limits seem to leave nothing
 */
export function limitedSpace<G extends Genotype>(space: Space<G>, excess: (genotype: G) => string | null): Space<G> {
  const verdicts = new Map<string, string | null>()
  const exceeds = (genotype: G): string | null => {
    const key = space.canonicalKey(genotype)
    const known = verdicts.get(key)
    if (known !== undefined) return known
    if (verdicts.size >= REMEMBERED) verdicts.clear()
    const verdict = excess(genotype)
    verdicts.set(key, verdict)
    return verdict
  }
  const isWithin = (genotype: G): boolean => exceeds(genotype) === null
  const { fromDocument, all } = space
  return {
    ...space,
    exceeds,
    size: () => ({ count: space.size().count, exact: false }),
    random: (random: Random) => {
      let reason: string | null = null
      for (let tries = 0; tries < RANDOM_TRIES; tries++) {
        const drawn = space.random(random)
        reason = exceeds(drawn)
        if (reason === null) return drawn
      }
      throw new AppError(
        'invalid-input',
        `None of ${RANDOM_TRIES} architectures drawn from space ${space.name} is within the limits of the search; of the last, ${reason}.`,
        'Raise the limits, or make the architectures of the space smaller.',
      )
    },
    problems: (genotype) => {
      const problems = space.problems(genotype)
      const reason = problems.length > 0 ? null : exceeds(genotype)
      return reason === null ? problems : [reason]
    },
    mutate: (genotype, random) => {
      for (let tries = 0; tries < OPERATOR_TRIES; tries++) {
        const child = space.mutate(genotype, random)
        if (isWithin(child)) return child
      }
      return genotype
    },
    crossover: (first, second, random) => {
      for (let tries = 0; tries < OPERATOR_TRIES; tries++) {
        const children = space.crossover(first, second, random)
        if (children.every(isWithin)) return children
      }
      return [first, second]
    },
    neighbours: (genotype) => space.neighbours(genotype).filter(isWithin),
    replaceAt: (genotype, position, name) => {
      const copy = space.replaceAt(genotype, position, name)
      return copy !== undefined && isWithin(copy) ? copy : undefined
    },
    ...(fromDocument && {
      fromDocument: (document) => {
        const read = fromDocument(document)
        const reason = 'reason' in read ? null : exceeds(read.genotype)
        return reason === null ? read : { reason }
      },
    }),
    ...(all && {
      *all() {
        for (const genotype of all()) if (isWithin(genotype)) yield genotype
      },
    }),
  }
}
