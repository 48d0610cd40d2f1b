// Search spaces to invent landscapes over: cells with operations on their edges, rows of choices, operations with their wiring in a
// word, chains of blocks. Words mean something in some and nothing in others. No measured space is among them: of NAS-Bench-201's
// five words never all, and no table is read.
import { BUILT_IN_BLOCKS } from '../../../architecture/blocks'
import type { Random } from '../../../random'
import { chainSpaceSchema } from '../../../spaces/block-chain/schema'
import { createBlockChainSpace } from '../../../spaces/block-chain/space'
import { wordFeatures, type Features } from '../../../spaces/features'
import { featuresOf } from '../../features-of'

/** Draws features of different members of one space. */
export type DrawMembers = (count: number, random: Random) => Features[]

const MEANINGFUL = ['none', 'skip', 'conv_3x3', 'conv_1x1', 'max_pool_3x3', 'dw_3x3', 'dw_5x5', 'conv_5x5']
const MEANINGLESS = [...'abcdefghij'].map((letter) => `choice-${letter}`)
const BENCHMARK_WORDS = new Set(['none', 'skip', 'conv_3x3', 'conv_1x1', 'max_pool_3x3'])

interface Position {
  readonly name: string
  readonly choices: readonly string[]
}

/** Between the two, both included. */
const between = (low: number, high: number, random: Random): number => low + random.integer(high - low + 1)

const isBenchmarks = (words: readonly string[]): boolean =>
  words.length === BENCHMARK_WORDS.size && words.every((word) => BENCHMARK_WORDS.has(word))

function someWords(from: readonly string[], random: Random): string[] {
  for (;;) {
    const words = random.shuffle(from).slice(0, between(4, 7, random))
    if (!isBenchmarks(words)) return words
  }
}

/** The same choices at most positions, others of their own at some. */
function choicesOf(names: readonly string[], hasMeaning: boolean, random: Random): Position[] {
  const shared = someWords(hasMeaning ? MEANINGFUL : MEANINGLESS, random)
  return names.map((name) => ({ name, choices: random.chance(0.8) ? shared : someWords(MEANINGLESS, random) }))
}

function wordSpace(positions: readonly Position[]): DrawMembers {
  const features = wordFeatures(positions)
  return (count, random) => {
    const members = new Map<string, Features>()
    for (let tries = 0; members.size < count && tries < 4 * count; tries++) {
      const words = positions.map(({ choices }) => random.choice(choices))
      const key = words.join(' ')
      if (!members.has(key)) members.set(key, features(words))
    }
    return [...members.values()]
  }
}

/** Every vertex may read every earlier one: 4 vertices have 6 edges. */
function cellSpace(vertices: number, hasMeaning: boolean, random: Random): DrawMembers {
  const names = Array.from({ length: vertices }, (_, to) => Array.from({ length: to }, (__, from) => `e${from}_${to}`))
  return wordSpace(choicesOf(names.flat(), hasMeaning, random))
}

function rowSpace(hasMeaning: boolean, random: Random): DrawMembers {
  const names = Array.from({ length: between(5, 11, random) }, (_, i) => `position-${String.fromCharCode(97 + i)}`)
  return wordSpace(choicesOf(names, hasMeaning, random))
}

function wiredSpace(random: Random): DrawMembers {
  const count = between(4, 5, random)
  const wirings = Array.from(
    { length: between(5, 12, random) },
    () => `w${Array.from({ length: count }, (_, i) => random.integer(i + 1)).join('')}`,
  )
  const names = Array.from({ length: count }, (_, i) => `operation-${String.fromCharCode(97 + i)}`)
  return wordSpace([{ name: 'wiring', choices: [...new Set(wirings)] }, ...choicesOf(names, false, random)])
}

function chainSpace(random: Random): DrawMembers {
  const size = random.choice([28, 32, 64])
  const space = createBlockChainSpace({
    definition: chainSpaceSchema.parse({ maxParameters: random.choice([2_000_000, 4_000_000, 8_000_000]) }),
    inputShape: [size, size, random.choice([1, 3])],
    classes: 10,
    library: BUILT_IN_BLOCKS,
  })
  const features = featuresOf(space)
  return (count, stream) => {
    const members = Array.from({ length: Math.ceil(count / 2) }, () => space.random(stream))
    // The other half are changes of those: a search's candidates are near one another.
    while (members.length < count) {
      let changed = stream.choice(members)
      for (let changes = between(1, 4, stream); changes > 0; changes--)
        changed =
          space.replaceAt(changed, stream.integer(space.positions(changed)), stream.choice(space.names())) ?? changed
      members.push(changed)
    }
    return members.map(features)
  }
}

/** How many spaces of each kind a corpus has. */
const CELLS = 12
const ROWS = 8
const WIRED = 4
const CHAINS = 6

/** Spaces of a corpus, in an order that means nothing. */
export function inventedSpaces(random: Random): DrawMembers[] {
  const make = (label: string, count: number, one: (stream: Random, index: number) => DrawMembers): DrawMembers[] =>
    Array.from({ length: count }, (_, i) => one(random.fork(`${label}-${i}`), i))
  return [
    ...make('cell', CELLS, (stream, i) => cellSpace(i % 4 === 3 ? 5 : 4, i % 2 === 0, stream)),
    ...make('row', ROWS, (stream, i) => rowSpace(i % 2 === 0, stream)),
    ...make('wired', WIRED, (stream) => wiredSpace(stream)),
    ...make('chain', CHAINS, (stream) => chainSpace(stream)),
  ]
}
