// Simulated landscapes fitted to our corpus of trained chains: the second construction. An additive function of what stands where (ridge
// regression on one data set's chains, its share of the spread as leave-one-out shows it), structure that no corpus tells in place of the
// rest (places and neighbours, drawn anew for each instance), and noise as repeats have it. Who judges must not have seen that data set.
import { existsSync, readFileSync } from 'node:fs'
import { createRandom } from '../../src/shared/random'
import { readCorpus, type TrainedChain } from '../../src/shared/proposer/corpus/trained-chains'
import { genesText } from '../../src/shared/spaces/block-chain/genotype'
import type { BlockChainSpace, ChainGenotype } from '../../src/shared/spaces/block-chain/space'
import type { Genotype, Space } from '../../src/shared/spaces/space'
import { checkout } from '../harness'
import { corpusSpace } from '../chains/predictors'
import { noiseOf } from '../chains/noise'
import { ridge } from './ridge'

/** `chains-DATASET-N`: fitted to that data set's chains, the N-th draw of what nothing tells. */
const NAME = /^chains-(?<dataset>.+)-(?<seed>\d+)$/
const THIRDS = 3
const PLACES = 9
const REFERENCE = 400
/** How fast an accuracy saturates above the mean, in deviations: as of chain-landscape.ts. */
const SATURATION = 0.55
/** Guessing, of ten classes in percent. */
const GUESSED = 10

export const corpusFile = (): string => process.env['GPTNAS_CHAINS'] ?? `${checkout}/bench/chains/corpus.csv`
export const isFitted = (name: string): boolean => NAME.test(name)
export const hasCorpus = (): boolean => existsSync(corpusFile())

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const deviation = (values: readonly number[]): number =>
  Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)))

/** Blocks by third of the chain, widths and halvings by third, costs: nothing that the judge's kernel is made of but the costs. */
function rawOf(space: BlockChainSpace, { blocks }: ChainGenotype): number[] {
  const names = space.names()
  const { macs, weights } = space.walk({ space: 'block-chain', blocks })
  const row = new Array<number>(THIRDS * (names.length + 3)).fill(0)
  blocks.forEach(({ block, width, stride }, i) => {
    const at = Math.floor((i * THIRDS) / blocks.length) * (names.length + 3)
    row[at + names.indexOf(block)]!++
    row[at + names.length] = row[at + names.length]! + Math.log2(width)
    row[at + names.length + 1] = row[at + names.length + 1]! + Number(stride === 2)
    row[at + names.length + 2] = row[at + names.length + 2]! + Number(stride === 2 && width === 2)
  })
  const costs = [Math.log(macs), Math.log(weights)]
  return [...row, ...costs, ...costs.map((cost) => cost ** 2), blocks.length, blocks.length ** 2]
}

/** What is fitted to one data set, whichever draw is to join it. */
interface Fitted {
  readonly space: BlockChainSpace
  readonly of: (genotype: ChainGenotype) => number
  /** Shares of the variance without noise. */
  readonly share: number
  readonly mean: number
  /** Of accuracies without noise, and of the noise, in percent. */
  readonly spread: number
  readonly noise: number
}

const fits = new Map<string, Fitted>()

function fittedTo(dataset: string): Fitted {
  const known = fits.get(dataset)
  if (known !== undefined) return known
  const corpus = readCorpus(readFileSync(corpusFile(), 'utf8'))
  const chains = corpus.filter((row) => row.dataset === dataset && row.part === 'drawn')
  if (chains.length === 0) throw new Error(`the corpus holds no chains of ${dataset}`)
  const space = corpusSpace()
  const values = chains.map(({ accuracy }) => 100 * accuracy)
  // Repeats are of the first data set; of another one noise is taken to be the same share of the spread.
  const [first] = corpus
  const repeated = corpus.filter((row) => row.dataset === first?.dataset && row.part === 'drawn')
  const noise = (noiseOf(corpus) / deviation(repeated.map(({ accuracy }) => accuracy))) * deviation(values)
  const spread = Math.sqrt(Math.max(0.25 * deviation(values) ** 2, deviation(values) ** 2 - noise ** 2))
  const fitted = ridge(
    chains.map(({ genotype }) => rawOf(space, genotype)),
    values,
  )
  const explained = fitted.explained * deviation(values) ** 2
  const made = {
    ...{ space, spread, noise, mean: mean(values) },
    of: (genotype: ChainGenotype) => fitted.of(rawOf(space, genotype)),
    share: Math.max(0, Math.min(1, explained / spread ** 2)),
  }
  fits.set(dataset, made)
  return made
}

/** Data sets of the corpus but the one that a landscape is fitted to: what a judge of it may learn from. */
export function unseenBy(name: string): TrainedChain[] {
  const corpus = readCorpus(readFileSync(corpusFile(), 'utf8')).filter(({ part }) => part === 'drawn')
  const dataset = NAME.exec(name)?.groups?.['dataset']
  return corpus.filter((row) => row.dataset !== dataset)
}

/** Structure that nothing tells: what a block is worth in a place, and behind another. */
function untold(seed: number): (genotype: ChainGenotype) => number {
  const table = new Map<string, number>()
  const fixed = (key: string): number => {
    const known = table.get(key)
    if (known !== undefined) return known
    const random = createRandom(seed).fork('untold').fork(key)
    const value = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
    table.set(key, value)
    return value
  }
  return ({ blocks }) => {
    let sum = 0
    blocks.forEach(({ block }, i) => {
      sum += fixed(`place ${block} ${Math.floor(((i + 0.5) / blocks.length) * PLACES)}`)
      const before = blocks[i - 1]
      if (before !== undefined) sum += fixed(`pair ${before.block} ${block}`)
    })
    return sum / Math.sqrt(blocks.length)
  }
}

/** The corpus's space with a table: fitness is a noisy accuracy in percent, the same each time, the report the one without noise. */
export function fittedLandscape(name: string): Space {
  const { dataset = '', seed: text = '' } = NAME.exec(name)?.groups ?? {}
  const seed = Number(text)
  const { space, of, share, spread, noise, mean: middle } = fittedTo(dataset)
  const hidden = untold(seed)
  const random = createRandom(seed).fork('reference')
  const reference = Array.from({ length: REFERENCE }, () => space.random(random))
  const [told, other] = [reference.map(of), reference.map(hidden)]
  const [toldMean, toldDeviation, otherMean, otherDeviation] = [
    mean(told),
    deviation(told),
    mean(other),
    deviation(other),
  ]
  const standard = (genotype: ChainGenotype): number =>
    (Math.sqrt(share) * (of(genotype) - toldMean)) / toldDeviation +
    (Math.sqrt(1 - share) * (hidden(genotype) - otherMean)) / otherDeviation
  // As those measured are: a long tail below, and the best near each other.
  const saturated = (z: number): number => -Math.exp(-SATURATION * z)
  const shape = reference.map((genotype) => saturated(standard(genotype)))
  const [shapeMean, shapeDeviation] = [mean(shape), deviation(shape)]
  const keyOf = (genotype: Genotype): string => genesText((genotype as ChainGenotype).blocks)
  return {
    ...(space as unknown as Space),
    canonicalKey: keyOf,
    table: {
      costNames: [],
      row: (genotype) => {
        const height = (saturated(standard(genotype as ChainGenotype)) - shapeMean) / shapeDeviation
        const accuracy = Math.max(GUESSED, middle + spread * height)
        const draw = createRandom(seed).fork(keyOf(genotype))
        const gaussian = Math.sqrt(-2 * Math.log(1 - draw.next())) * Math.cos(2 * Math.PI * draw.next())
        return { fitness: accuracy + noise * gaussian, report: accuracy, costs: [] }
      },
    },
  }
}
