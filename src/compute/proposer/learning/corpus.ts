// What the proposer learns from: NAS-Bench-101 cells out of their exact enumeration, random chains of the block-chain space,
// and the 36 zoo networks; no measured accuracy anywhere. Every network lies on one side of the split, decided by a hash
// of its sentence: equal networks have equal sentences, so nothing held out is trained on under another name.
import { createHash } from 'node:crypto'
import { BUILT_IN_BLOCKS } from '@shared/architecture/blocks'
import { ZOO_NAMES, zooNetwork } from '@shared/architecture/zoo'
import { END_TOKEN, START_TOKEN, WINDOW_LAYERS, blockNames, chainTokens, tokenizeLayers } from '@shared/language'
import { createRandom } from '@shared/random'
import { chainSpaceSchema } from '@shared/spaces/block-chain/schema'
import { createBlockChainSpace } from '@shared/spaces/block-chain/space'
import { cellGraph } from '@shared/spaces/nas-bench-101/cell-layers'
import type { Cell } from '@shared/spaces/nas-bench-101/cell'
import { cellAt, countAllCells, enumerateCells } from '@shared/spaces/nas-bench-101/enumerate'
import { createRowCounter, type RowCounter } from './row-counts'

/** A window and the layer behind it. */
export const WINDOW_ROW = WINDOW_LAYERS + 1
/** A window, the first layer of the block behind it, and the block's class. */
export const BLOCK_ROW = WINDOW_LAYERS + 2

/** What is learned from, what says when to stop, and what is only reported. */
type Side = 'train' | 'stop' | 'heldOut'
type BySide<T> = Readonly<Record<Side, T>>
const bySide = <T>(make: (side: Side) => T): Record<Side, T> => ({
  train: make('train'),
  stop: make('stop'),
  heldOut: make('heldOut'),
})

/** Networks of one kind, split. `windows` has a row per layer and `<end>`; `blocks` a row per block of a known class. */
export interface CorpusPart {
  readonly networks: BySide<number>
  readonly windows: BySide<RowCounter>
  readonly blocks: BySide<RowCounter>
}

/** How many cells have each sentence, by side: connections are left out, so some share one. */
export interface CellPart extends CorpusPart {
  readonly sentences: BySide<ReadonlyMap<string, number>>
}

/** Share of the networks that says when a phase stops; as large as what is held out by default, so that both are as noisy. */
const STOP_SHARE = 0.05

/** Where the work pauses: keeps the process answering, and throws when the job is broken off. */
export type Pause = () => Promise<void>
/** Networks between two pauses; some tens of milliseconds. */
const NETWORKS_PER_PAUSE = 50

/** Spatial size and channels of a cell's input: tokens are relative, so any that divide evenly give the same sentences. */
const CELL_INPUT = [32, 32, 128] as const

/** Position of a sentence in [0, 1), the same in every run. */
function placeOf(tokens: readonly number[]): number {
  return createHash('sha256').update(Uint8Array.from(tokens)).digest().readUInt32BE(0) / 2 ** 32
}

const sideOf = (place: number, share: number): Side =>
  place < share ? 'heldOut' : place < share + STOP_SHARE ? 'stop' : 'train'

/** A part that is being gathered. */
interface GrowingPart extends CorpusPart {
  /**
   * @param tokens the whole network, without special tokens
   * @param starts position of each block's first layer and its class; -1 for one without
   */
  add(side: Side, tokens: readonly number[], starts?: readonly (readonly [number, number])[]): void
}

function createPart(): GrowingPart {
  const networks = bySide(() => 0)
  const windows = bySide(() => createRowCounter(WINDOW_ROW))
  const blocks = bySide(() => createRowCounter(BLOCK_ROW))
  return {
    networks,
    windows,
    blocks,
    add: (side, tokens, starts = []) => {
      const padded = [...new Array<number>(WINDOW_LAYERS).fill(START_TOKEN), ...tokens, END_TOKEN]
      const text = String.fromCharCode(...padded)
      for (let end = WINDOW_ROW; end <= text.length; end++) windows[side].addText(text.slice(end - WINDOW_ROW, end))
      for (const [position, label] of starts)
        if (label >= 0) blocks[side].addText(text.slice(position, position + WINDOW_ROW) + String.fromCharCode(label))
      networks[side]++
    },
  }
}

/** That many cells out of all, without replacement, in a seeded order; all of them in the enumeration's for null. */
function* cellsOf(count: number | null, seed: number): Generator<Cell> {
  const all = countAllCells()
  if (count === null || count >= all) {
    yield* enumerateCells()
    return
  }
  const random = createRandom(seed).fork('cells')
  const drawn = new Set<number>()
  while (drawn.size < count) drawn.add(random.integer(all))
  for (const index of [...drawn].sort((a, b) => a - b)) yield cellAt(index)
}

/** Sentences of single cells. @param share held out @param count cells, null for all 423,624 */
export async function cellCorpus(count: number | null, seed: number, share: number, pause: Pause): Promise<CellPart> {
  const part = createPart()
  const sentences = bySide(() => new Map<string, number>())
  let done = 0
  for (const cell of cellsOf(count, seed)) {
    const tokens = tokenizeLayers(cellGraph(cell, CELL_INPUT, CELL_INPUT[2]))
    const side = sideOf(placeOf(tokens), share)
    part.add(side, tokens)
    const sentence = String.fromCharCode(...tokens)
    sentences[side].set(sentence, (sentences[side].get(sentence) ?? 0) + 1)
    if (++done % NETWORKS_PER_PAUSE === 0) await pause()
  }
  return { networks: part.networks, windows: part.windows, blocks: part.blocks, sentences }
}

/** Different random chains of the default space: stem, blocks and head. */
export async function chainCorpus(count: number, seed: number, share: number, pause: Pause): Promise<CorpusPart> {
  const space = createBlockChainSpace({
    definition: chainSpaceSchema.parse({}),
    inputShape: [32, 32, 3],
    classes: 10,
    library: BUILT_IN_BLOCKS,
  })
  const part = createPart()
  const random = createRandom(seed).fork('chains')
  const known = new Set<string>()
  for (let i = 0; i < count; i++) {
    const genotype = space.random(random)
    const key = space.canonicalKey(genotype)
    if (known.has(key)) continue
    known.add(key)
    const { stem, blocks } = chainTokens(genotype, space, BUILT_IN_BLOCKS)
    let position = stem.length
    const starts = genotype.blocks.map(({ block }, b) => {
      const start = [position, blockNames.indexOf(block)] as const
      position += blocks[b]!.length
      return start
    })
    const tokens = tokenizeLayers(space.toGraph(genotype))
    part.add(sideOf(placeOf(tokens), share), tokens, starts)
    if (i % NETWORKS_PER_PAUSE === 0) await pause()
  }
  return part
}

/** The zoo at 224 pixels. Held out: the share of networks whose hashes are least, at least one; as many after them say when to stop. */
export async function zooCorpus(share: number, pause: Pause): Promise<CorpusPart> {
  const part = createPart()
  const networks: { tokens: number[]; starts: (readonly [number, number])[] }[] = []
  for (const name of ZOO_NAMES) {
    const { graph, stages } = zooNetwork(name)
    const starts: (readonly [number, number])[] = []
    let current = 0
    graph.nodes.forEach(({ id }, position) => {
      const stage = Number(/^block-(\d+)\//.exec(id)?.[1] ?? current)
      if (stage === current) return
      starts.push([position, blockNames.indexOf(stages[stage - 1]!.block)])
      current = stage
    })
    networks.push({ tokens: tokenizeLayers(graph), starts })
    await pause()
  }
  const order = [...networks].sort((a, b) => placeOf(a.tokens) - placeOf(b.tokens))
  const heldOut = Math.ceil(networks.length * share)
  const stop = heldOut + Math.ceil(networks.length * STOP_SHARE)
  // In the zoo's order, which decides that of the rows and with it what is drawn.
  for (const network of networks) {
    const rank = order.indexOf(network)
    part.add(rank < heldOut ? 'heldOut' : rank < stop ? 'stop' : 'train', network.tokens, network.starts)
  }
  return part
}

/** Rows of several kinds as one training set. @param parts with their shares of the draws; the first kind's rows count once */
export function mixed(
  first: readonly [RowCounter, number],
  ...others: readonly (readonly [RowCounter, number])[]
): RowCounter {
  const [counter, share] = first
  const mixture = createRowCounter(counter.width)
  mixture.merge(counter)
  const { total } = counter
  for (const [other, otherShare] of others)
    if (other.size > 0) mixture.merge(other, total === 0 ? 1 : ((otherShare / share) * total) / other.total)
  return mixture
}

/** What is not held out: learned from, or looked at to stop. N-grams, which need no stopping, are fitted on all of it. */
export function known({ train, stop }: BySide<RowCounter>): RowCounter {
  const all = createRowCounter(train.width)
  all.merge(train)
  all.merge(stop)
  return all
}
