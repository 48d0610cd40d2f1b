// A user-defined space as a search sees it: positions with choices, measured by a table, trained as networks, or both.
// The pieces are beside this file; reading files from disk is the caller's.
import { prepareArchitecture } from '../../architecture/prepared'
import { AppError } from '../../errors'
import type { Random } from '../../random'
import { refusedGenotype } from '../genotype'
import { wordFeatures } from '../features'
import type { MeasuredTable, Space } from '../space'
import { parseUserGenotype, type UserGenotype } from './genotype'
import { createKeyCodec, isRead } from './key'
import { hammingDistance, type Choices, type Members } from './members'
import { createUserNetworks, isOfWords, untrainableReason, type UserNetworkOptions } from './network'
import { createNetworkMembers } from './network-members'
import type { UserSpaceFile } from './space-file'
import type { SpaceTable } from './table'
import { createWordMembers } from './word-members'
import { createTableMembers } from './table-members'

export type { UserGenotype } from './genotype'

export interface UserSpaceOptions extends UserNetworkOptions {
  readonly file: UserSpaceFile
  /** As `readSpaceTable` gives it; needed where the file names one. */
  readonly table?: SpaceTable
}

export interface UserSpace extends Space<UserGenotype> {
  readonly file: UserSpaceFile
  /** The index chosen at every position, and back. */
  choicesOf(genotype: UserGenotype): Choices
  genotypeOf(choices: Choices): UserGenotype
  /** Whether an architecture inside the space starts with these choices. */
  canFinish(prefix: Choices): boolean
  /** Every architecture inside the space, in the order of the keys. */
  all(): Generator<UserGenotype>
}

const measured = ({ costNames, rows }: SpaceTable): MeasuredTable<UserGenotype> => ({
  costNames,
  row: ({ choices }) => rows.get(choices),
})

/** Crossovers tried before the parents go on as they are. */
const TRIES = 30
/** Enough to choose from when no row is a single change away. */
const MAX_NEAREST = 100
const MAX_CACHED_KEYS = 20_000

/**
 * @throws AppError `invalid-input` when the file names a table that is not given, or when there is none and some choices build
 *   something and others nothing, naming the first of those
 */
export function createUserSpace(options: UserSpaceOptions): UserSpace {
  const { file, table } = options
  const { name, positions } = file
  if (file.table !== undefined && table === undefined)
    throw new AppError(
      'invalid-input',
      `Space ${name} needs its table ${file.table.file}.`,
      'Put the table beside the file.',
    )
  const untrainable = untrainableReason(file, options.library)
  const isMereWords = untrainable !== undefined && isOfWords(file, options.library)
  if (untrainable !== undefined && table === undefined && !isMereWords)
    throw new AppError(
      'invalid-input',
      `Space ${name} has no table, so every choice must build something, but ${untrainable}.`,
      'Name a block of the library, describe the choice under "blocks", or give a table.',
    )
  const networks = untrainable === undefined ? createUserNetworks(file, options) : undefined
  const keys = createKeyCodec(positions)
  const members = membersOf()
  function membersOf(): Members {
    if (table !== undefined) return createTableMembers(file, table, keys)
    return networks === undefined ? createWordMembers(file) : createNetworkMembers(file, networks)
  }

  const choicesOf = ({ choices }: UserGenotype): Choices => {
    const read = keys.read(choices)
    if (isRead(read)) return read
    throw refusedGenotype(name, `choices: ${read.reason}`)
  }
  const genotypeOf = (choices: Choices): UserGenotype => ({ space: name, choices: keys.write(choices) })
  const isInside = (choices: Choices): boolean => members.problems(choices).length === 0
  const replaced = (choices: Choices, position: number, choice: number): number[] =>
    choices.map((old, i) => (i === position ? choice : old))
  const neighbours = (choices: Choices): Choices[] =>
    positions.flatMap(({ choices: offered }, position) =>
      offered.flatMap((_, choice) => {
        const candidate = replaced(choices, position, choice)
        return choice !== choices[position] && isInside(candidate) ? [candidate] : []
      }),
    )
  const crossed = (first: Choices, second: Choices, random: Random): readonly [Choices, Choices] => {
    for (let i = 0; i < TRIES; i++) {
      const takesFirst = first.map(() => random.chance(0.5))
      const child = (own: Choices, other: Choices): Choices =>
        own.map((choice, position) => (takesFirst[position] ? choice : other[position]!))
      const children = [child(first, second), child(second, first)] as const
      const isFresh = children.every((child) => hammingDistance(child, first) > 0 && hammingDistance(child, second) > 0)
      // Parents that differ in one place have no fresh children; the last tries take any.
      if (children.every(isInside) && (isFresh || i >= TRIES / 2)) return children
    }
    return [first, second]
  }
  const document = (choices: Choices, title: string) => {
    if (networks === undefined)
      throw new AppError(
        'invalid-input',
        `Space ${name} cannot be turned into networks: ${untrainable}.`,
        'Describe the choice under "blocks" of the space file.',
      )
    return networks.document(choices, title)
  }
  const featuresOfNames = wordFeatures(positions)
  const allNames = [...new Set(positions.flatMap(({ choices }) => choices))]
  const hashes = new Map<string, string>()
  const hashOf = (genotype: UserGenotype): string => {
    let hash = hashes.get(genotype.choices)
    if (hash === undefined) {
      hash = prepareArchitecture(document(choicesOf(genotype), name), networks!.library).key
      if (hashes.size < MAX_CACHED_KEYS) hashes.set(genotype.choices, hash)
    }
    return hash
  }

  return {
    name,
    file,
    ...(untrainable !== undefined && { undocumented: untrainable }),
    ...(table !== undefined && { table: measured(table) }),
    choicesOf,
    genotypeOf,
    canFinish: (prefix) => members.canFinish(prefix),
    *all() {
      for (const choices of members.all()) yield genotypeOf(choices)
    },
    size: () => members.size(),
    parse: (json) => parseUserGenotype(json, name, keys),
    random: (random) => genotypeOf(members.random(random)),
    problems: (genotype) => members.problems(choicesOf(genotype)),
    mutate: (genotype, random) => {
      const choices = choicesOf(genotype)
      const near = neighbours(choices)
      const found = near.length > 0 ? near : members.nearest(choices, MAX_NEAREST)
      return found.length > 0 ? genotypeOf(random.choice(found)) : genotype
    },
    crossover: (first, second, random) => {
      const [a, b] = crossed(choicesOf(first), choicesOf(second), random)
      return [genotypeOf(a), genotypeOf(b)]
    },
    neighbours: (genotype) => neighbours(choicesOf(genotype)).map(genotypeOf),
    distance: (first, second) => hammingDistance(choicesOf(first), choicesOf(second)),
    // Rows of a table are measured one by one, words are told apart as they are; trained architectures are equal when their networks are.
    canonicalKey: (genotype) =>
      networks !== undefined && table === undefined ? hashOf(genotype) : `${name}/${genotype.choices}`,
    features: (genotype) =>
      featuresOfNames(choicesOf(genotype).map((choice, position) => positions[position]?.choices[choice] ?? '')),
    toDocument: (genotype, title) => document(choicesOf(genotype), title),
    positions: () => positions.length,
    nameAt: (genotype, position) => {
      const choice = choicesOf(genotype)[position]
      if (choice === undefined) throw new RangeError(`positions are 0 to ${positions.length - 1}, received ${position}`)
      return positions[position]!.choices[choice]!
    },
    names: () => allNames,
    replaceAt: (genotype, position, wanted) => {
      const choice = positions[position]?.choices.indexOf(wanted) ?? -1
      if (choice < 0) return undefined
      const candidate = replaced(choicesOf(genotype), position, choice)
      return isInside(candidate) ? genotypeOf(candidate) : undefined
    },
  }
}
