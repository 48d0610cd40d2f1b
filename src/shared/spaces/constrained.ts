// A space seen through a person's rules: strategies work on it as on any other and never come to an architecture that breaks one.
// What an operator makes is put right as little as it takes, with draws of the operator's own stream, so that the same seed and the
// same rules give the same proposals (decision 137).
import { AppError } from '../errors'
import type { Random } from '../random'
import { brokenRules, isBarred, parseRules, type ParsedRules, type SpaceRules } from './rules'
import type { Genotype, Space } from './space'

/** Draws before it is said that the rules leave nothing: what one mending in a hundred would find is found. Chosen by us. */
const TRIES = 300
/** Mutations before the parent, put right, is taken as it is: the strategy then counts a repeat. */
const MUTATIONS = 20

const seen = new WeakMap<Space, Map<string, Space>>()
/** How each constrained space puts an architecture right; undefined where it cannot. */
const menders = new WeakMap<Space, (genotype: Genotype, random: Random) => Genotype | undefined>()

/**
 * The same object for the same space and rules, so that what strategies remember of a space holds.
 * @throws AppError `invalid-input` for rules that the space cannot read or that contradict each other; its `random` where they leave nothing
 */
export function constrainedSpace(space: Space, { bans, pins }: SpaceRules): Space {
  if (bans.length === 0 && pins.length === 0) return space
  const known = seen.get(space) ?? new Map<string, Space>()
  seen.set(space, known)
  const key = JSON.stringify([bans, pins])
  const found = known.get(key)
  if (found !== undefined) return found
  const made = constrain(space, parseRules(space, { bans, pins }))
  known.set(key, made)
  return made
}

function constrain(space: Space, rules: ParsedRules): Space {
  const isAllowed = (genotype: Genotype): boolean => brokenRules(space, rules, genotype).length === 0
  const mended = (genotype: Genotype, random: Random): Genotype | undefined =>
    isAllowed(genotype) ? genotype : mend(space, rules, genotype, random)
  const draw = (random: Random): Genotype => {
    for (let i = 0; i < TRIES; i++) {
      const drawn = mended(space.random(random), random)
      if (drawn !== undefined) return drawn
    }
    throw new AppError(
      'invalid-input',
      `The bans and pins leave no architecture of the space ${space.name} that ${TRIES} draws could find.`,
      'Take some of them away.',
    )
  }
  const { all } = space
  const constrained: Space = {
    ...space,
    // How many of them break a rule is not counted.
    size: () => ({ count: space.size().count, exact: false }),
    problems: (genotype) => [...space.problems(genotype), ...brokenRules(space, rules, genotype)],
    random: draw,
    mutate: (genotype, random) => {
      for (let i = 0; i < MUTATIONS; i++) {
        const mutated = mended(space.mutate(genotype, random), random)
        if (mutated !== undefined && space.canonicalKey(mutated) !== space.canonicalKey(genotype)) return mutated
      }
      return mended(genotype, random) ?? draw(random)
    },
    crossover: (first, second, random) => {
      const [one, other] = space.crossover(first, second, random)
      return [mended(one, random) ?? draw(random), mended(other, random) ?? draw(random)]
    },
    neighbours: (genotype) => space.neighbours(genotype).filter(isAllowed),
    names: () => space.names().filter((name) => !rules.bans.some((ban) => ban.position === null && ban.name === name)),
    replaceAt: (genotype, position, name) => {
      if (isBarred(rules, position, name)) return undefined
      const replaced = space.replaceAt(genotype, position, name)
      // What was broken before, a parent of before the rule, is put right where it is bred; nothing new may break.
      if (replaced === undefined || isAllowed(replaced) || !isAllowed(genotype)) return replaced
      return undefined
    },
    ...(all !== undefined && {
      all: function* () {
        for (const genotype of all.call(space)) if (isAllowed(genotype)) yield genotype
      },
    }),
  }
  menders.set(constrained, mended)
  return constrained
}

/** The same architecture with as few other names as the rules take; undefined where none can be put in their places. */
function mend(space: Space, rules: ParsedRules, genotype: Genotype, random: Random): Genotype | undefined {
  let current = genotype
  const put = (position: number, name: string): boolean => {
    if (position >= space.positions(current)) return false
    if (space.nameAt(current, position) === name) return true
    const next = space.replaceAt(current, position, name)
    if (next === undefined || position >= space.positions(next) || space.nameAt(next, position) !== name) return false
    current = next
    return true
  }
  for (const { position, name } of rules.pins) if (position !== null && !put(position, name)) return undefined
  for (let position = 0; position < space.positions(current); position++) {
    if (!isBarred(rules, position, space.nameAt(current, position))) continue
    const fitting = random.shuffle(space.names()).filter((name) => !isBarred(rules, position, name))
    if (!fitting.some((name) => put(position, name))) return undefined
  }
  for (const { position, name } of rules.pins) {
    if (position !== null || hasName(space, current, name)) continue
    const places = random.shuffle(Array.from({ length: space.positions(current) }, (_, place) => place))
    if (!places.some((place) => !isBarred(rules, place, name) && put(place, name))) return undefined
  }
  const isWhole = brokenRules(space, rules, current).length === 0 && space.problems(current).length === 0
  return isWhole ? current : undefined
}

const hasName = (space: Space, genotype: Genotype, name: string): boolean =>
  Array.from({ length: space.positions(genotype) }, (_, place) => space.nameAt(genotype, place)).includes(name)

/**
 * What a proposer that knows nothing of the rules has written, put right; undefined where that cannot be. In a space without rules
 * everything is right.
 * @param space as `constrainedSpace` gives it
 */
export function mendedIn(space: Space, genotype: Genotype, random: Random): Genotype | undefined {
  const mender = menders.get(space)
  return mender === undefined ? genotype : mender(genotype, random)
}
