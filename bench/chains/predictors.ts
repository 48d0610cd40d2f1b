// What orders block chains before and after some of them are known: costs alone, a Gaussian process over the corpus's descriptors, the
// relational GPT fine-tuned on the corpus, with their controls. Higher is better; scales are of no matter.
import { BUILT_IN_BLOCKS } from '../../src/shared/architecture/blocks'
import type { TrainedChain } from '../../src/shared/proposer/corpus/trained-chains'
import { openCorpusSpace } from '../../src/shared/proposer/corpus/corpus-plan'
import { fineTune, type LabelledGraph } from '../../src/shared/proposer/fine-tuning'
import { figureReader } from '../../src/shared/proposer/chains/figures'
import { trainChains } from '../../src/shared/proposer/chains/model'
import { predict } from '../../src/shared/proposer/chains/process'
import { createJudge } from '../../src/shared/proposer/judge'
import type { RelationalGpt } from '../../src/shared/proposer/relational-gpt'
import type { BlockChainSpace } from '../../src/shared/spaces/block-chain/space'
import type { Genotype, Space } from '../../src/shared/spaces/space'
import { GaussianProcess } from '../../src/shared/surrogate/gaussian-process'
import { PointMaker, type Point } from '../../src/shared/surrogate/points'
import { rankQuantiles } from '../../src/shared/surrogate/rank-quantiles'

/** The space that the corpus was drawn from. */
export const corpusSpace = (): BlockChainSpace => openCorpusSpace(BUILT_IN_BLOCKS)

export interface ReadChain {
  readonly chain: TrainedChain
  readonly point: Point
  readonly labelled: LabelledGraph
}

/** @throws Error for a chain outside the corpus's space */
export function readChains(space: BlockChainSpace, chains: readonly TrainedChain[]): ReadChain[] {
  const features = chains.map(({ genotype }) => space.features?.(genotype))
  const known = features.flatMap((each) => each ?? [])
  const points = new PointMaker(known)
  return chains.flatMap((chain, i) => {
    const each = features[i]
    const graph = each?.layers?.()
    if (each === undefined || graph === undefined) return []
    return [{ chain, point: points.point(each), labelled: { graph, fitness: chain.accuracy, group: chain.dataset } }]
  })
}

export type Scores = readonly number[]

const processOf = (points: readonly Point[], values: readonly number[], at: readonly ReadChain[]): Scores => {
  const process = new GaussianProcess()
  points.forEach((point, i) => process.add(point, values[i] ?? 0))
  process.fit()
  return at.map(({ point }) =>
    process.predictions(process.distances(point)).reduce((sum, { weight, mean }) => sum + weight * mean, 0),
  )
}

/** A Gaussian process over the descriptors of the corpus, ranks within a data set, and of `known` ones beside them. */
export function processScores(
  corpus: readonly ReadChain[],
  known: readonly ReadChain[],
  at: readonly ReadChain[],
): Scores {
  const values: number[] = []
  const points: Point[] = []
  const groups = new Set(corpus.map(({ chain }) => chain.dataset))
  for (const rows of [...[...groups].map((name) => corpus.filter(({ chain }) => chain.dataset === name)), known]) {
    const quantiles = rankQuantiles(rows.map(({ chain }) => chain.accuracy))
    rows.forEach(({ point }, i) => {
      points.push(point)
      values.push(quantiles[i] ?? 0)
    })
  }
  return points.length === 0 ? at.map(() => 0) : processOf(points, values, at)
}

/** The judge of chains (proposer/chains), the known ones a data set of their own beside the corpus. */
export function judgeScores(
  space: BlockChainSpace,
  corpus: readonly ReadChain[],
  known: readonly ReadChain[],
  at: readonly ReadChain[],
  { shuffleLabels = false }: { readonly shuffleLabels?: boolean } = {},
): Scores {
  const chains = [
    ...corpus.map(({ chain }) => chain),
    ...known.map(({ chain }) => ({ ...chain, dataset: `${chain.dataset}, known` })),
  ]
  const { titles, counted, rows, processes } = trainChains(space as unknown as Space, chains, {
    seed: 1,
    shuffleLabels,
  })
  const read = figureReader(space as unknown as Space, titles)
  return at.map(({ chain }) =>
    read === undefined ? 0 : predict(processes, rows, counted, read(chain.genotype as unknown as Genotype)),
  )
}

/** What the quality head says after fine-tuning on `corpus`; `members` are changed. */
export async function gptScores(
  members: readonly RelationalGpt[],
  corpus: readonly ReadChain[],
  at: readonly ReadChain[],
  {
    steps,
    seed,
    shuffleLabels = false,
  }: { readonly steps: number; readonly seed: number; readonly shuffleLabels?: boolean },
): Promise<Scores> {
  const graphs = corpus.map(({ labelled }) => labelled)
  if (steps > 0) await fineTune(members, graphs, { seed, steps, shuffleLabels, heldOut: 0 })
  return createJudge(members)
    .judge(at.map(({ labelled }) => labelled.graph))
    .map(([quality]) => quality ?? 0)
}

/** Mean of both as deviations from their means. */
export function averaged(a: Scores, b: Scores): Scores {
  const scaled = (scores: Scores): Scores => {
    const mean = scores.reduce((sum, value) => sum + value, 0) / scores.length
    const deviation = Math.sqrt(scores.reduce((sum, value) => sum + (value - mean) ** 2, 0) / scores.length)
    return scores.map((value) => (deviation === 0 ? 0 : (value - mean) / deviation))
  }
  const [x, y] = [scaled(a), scaled(b)]
  return x.map((value, i) => value + (y[i] ?? 0))
}
