// What our own corpus of trained chains is worth: how noisy its accuracies are and whether its fidelity orders chains at all, then how well
// held-out chains are ordered after 0, 10 and 30 known ones, beside parameters and multiply-accumulates alone. Figures: docs/proposer.md.
// Options: --corpus FILE --splits N --gpt-splits N --steps N --members N. `--only searches --arms A,B --seeds N --evaluations N --keep
// FOLDER` searches real CIFAR-10 at the corpus's fidelity instead (chains/real-searches.ts).
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { readCorpus, chainText, type CorpusPart, type TrainedChain } from '../src/shared/proposer/corpus/trained-chains'
import { RelationalGpt } from '../src/shared/proposer/relational-gpt'
import { membersOf } from '../src/shared/proposer/checkpoint'
import { createRandom } from '../src/shared/random'
import { kendallTau } from '../src/shared/rank-correlation'
import { bootstrapMean, meanOf } from '../src/shared/search/comparison/statistics'
import { readWorkbenchCheckpoint, shippedWorkbench } from '../src/node/small-checkpoints'
import { ARMS, measureRealSearches } from './chains/real-searches'
import type { BlockChainSpace } from '../src/shared/spaces/block-chain/space'
import { checkout, runBench } from './harness'
import { noiseOf, repeatedTrainings } from './chains/noise'
import { orderings, orderingText } from './chains/orders'
import {
  averaged,
  corpusSpace,
  gptScores,
  judgeScores,
  processScores,
  readChains,
  type ReadChain,
  type Scores,
} from './chains/predictors'

const option = (name: string, otherwise: string): string => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? otherwise : (process.argv[at + 1] ?? otherwise)
}

const KNOWN = [0, 10, 30]
/** Fewer left over have no order to speak of. */
const LEAST_LEFT = 10
const RESAMPLES = 2000

const interval = (values: readonly number[]) => ({ mean: meanOf(values), ...bootstrapMean(values) })

const deviation = (values: readonly number[]): number => {
  const mean = meanOf(values)
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1))
}

/** Kendall's tau of pairs with a 95 % interval from resampled pairs. */
function tauOf(pairs: readonly (readonly [number, number])[]) {
  const of = (some: readonly (readonly [number, number])[]): number =>
    kendallTau(
      some.map(([a]) => a),
      some.map(([, b]) => b),
    )
  const random = createRandom(1)
  const draws = Array.from({ length: RESAMPLES }, () => of(pairs.map(() => random.choice(pairs)))).sort((a, b) => a - b)
  const at = (share: number): number => draws[Math.round(share * (RESAMPLES - 1))] ?? NaN
  return { n: pairs.length, tau: of(pairs), low: at(0.025), high: at(0.975) }
}

/** The first training of each chain with one of that part. */
function pairsWith(corpus: readonly TrainedChain[], part: CorpusPart): [number, number][] {
  const first = new Map(
    corpus
      .filter((row) => row.part === 'drawn')
      .map((row): [string, number] => [chainText(row.genotype), row.accuracy]),
  )
  return corpus
    .filter((row) => row.part === part)
    .flatMap(({ genotype, accuracy }): [number, number][] => {
      const before = first.get(chainText(genotype))
      return before === undefined ? [] : [[before, accuracy]]
    })
}

function fidelity(corpus: readonly TrainedChain[]) {
  const drawn = corpus.filter(({ part, dataset }) => part === 'drawn' && dataset === corpus[0]?.dataset)
  const repeated = repeatedTrainings(corpus)
  const noise = repeated.length === 0 ? null : noiseOf(corpus)
  const parts = (['repeated', 'longer', 'shared'] as const).flatMap((part) => {
    const pairs = pairsWith(corpus, part)
    return pairs.length < 3 ? [] : [{ part, ...tauOf(pairs) }]
  })
  return {
    chains: drawn.length,
    spread: deviation(drawn.map(({ accuracy }) => accuracy)),
    noise,
    repeated: repeated.length,
    parts,
  }
}

type Predict = (corpus: readonly ReadChain[], known: readonly ReadChain[], at: readonly ReadChain[]) => Promise<Scores>

/** @param count GPTs that are averaged; 0 leaves all with a GPT out */
function predictors(space: BlockChainSpace, steps: number, count: number): Readonly<Record<string, Predict>> {
  const { file, weights } = readWorkbenchCheckpoint(shippedWorkbench(`${checkout}/resources`))
  const shipped = (): RelationalGpt[] => membersOf(file, weights).slice(0, count)
  const cost =
    (of: (row: ReadChain) => number): Predict =>
    (corpus, _known, at) => {
      // Whether more is better is read off the corpus.
      const sign = Math.sign(
        kendallTau(
          corpus.map(of),
          corpus.map(({ chain }) => chain.accuracy),
        ),
      )
      return Promise.resolve(at.map((row) => sign * of(row)))
    }
  /** What does not depend on the known ones is worked out once, as these are made for one split. */
  const once = (make: (corpus: readonly ReadChain[], at: readonly ReadChain[]) => Promise<Scores>): Predict => {
    let scores: Promise<Scores> | undefined
    return (corpus, _known, at) => (scores ??= make(corpus, at))
  }
  const tuned = (shuffleLabels: boolean) =>
    once((corpus, at) => gptScores(shipped(), corpus, at, { steps, seed: 1, shuffleLabels }))
  const scratch = once((corpus, at) => {
    const drawn = Array.from({ length: count }, (_, i) => RelationalGpt.draw(createRandom(1).fork(`scratch-${i}`)))
    return gptScores(drawn, corpus, at, { steps, seed: 1 })
  })
  const untaught = once((corpus, at) => gptScores(shipped(), corpus, at, { steps: 0, seed: 1 }))
  const taught = tuned(false)
  const gpts = {
    'GPT fine-tuned on the corpus': taught,
    'GPT and judge, both on the corpus': async (
      corpus: readonly ReadChain[],
      known: readonly ReadChain[],
      at: readonly ReadChain[],
    ) => averaged(await taught(corpus, known, at), judgeScores(space, corpus, known, at)),
    'control: GPT as shipped': untaught,
    'control: GPT drawn anew, fine-tuned': scratch,
    'control: GPT, shuffled labels': tuned(true),
  }
  return {
    parameters: cost(({ chain }) => chain.parameters),
    'multiply-accumulates': cost(({ chain }) => chain.macs),
    'Gaussian process, known ones alone': (_corpus, known, at) => Promise.resolve(processScores([], known, at)),
    'Gaussian process on the corpus': (corpus, known, at) => Promise.resolve(processScores(corpus, known, at)),
    'judge of chains': (corpus, known, at) => Promise.resolve(judgeScores(space, corpus, known, at)),
    'control: judge, shuffled labels': (corpus, known, at) =>
      Promise.resolve(judgeScores(space, corpus, known, at, { shuffleLabels: true })),
    ...(count === 0 ? {} : gpts),
  }
}

interface Setting {
  readonly name: string
  /** Of which some teach and others are ordered, in another way for each split. */
  readonly divide: (order: (chains: readonly ReadChain[]) => ReadChain[]) => {
    readonly corpus: readonly ReadChain[]
    readonly heldOut: readonly ReadChain[]
  }
}

/** Half of a data set orders the other; and each orders what is of the others. */
function settingsOf(chains: readonly ReadChain[]): Setting[] {
  const datasets = [...new Set(chains.map(({ chain }) => chain.dataset))]
  return datasets.flatMap((dataset): Setting[] => {
    const own = chains.filter(({ chain }) => chain.dataset === dataset)
    const others = chains.filter(({ chain }) => chain.dataset !== dataset)
    const halves: Setting = {
      name: `${dataset}, halves`,
      divide: (order) => {
        const all = order(own)
        const half = Math.floor(all.length / 2)
        return { corpus: all.slice(0, half), heldOut: all.slice(half) }
      },
    }
    const across: Setting = {
      name: `${dataset}, learned from the others`,
      divide: (order) => ({ corpus: others, heldOut: order(own) }),
    }
    return others.length === 0 ? [halves] : [halves, across]
  })
}

interface Ranking {
  readonly splits: number
  /** Of those, the first so many that the GPT is fine-tuned for: a minute each. */
  readonly gptSplits: number
  readonly steps: number
  readonly members: number
}

async function ranks(
  { name, divide }: Setting,
  space: BlockChainSpace,
  { splits, gptSplits, steps, members }: Ranking,
  note: (line: string) => void,
) {
  const taus = new Map<string, number[]>()
  for (let split = 0; split < splits; split++) {
    const random = createRandom(7).fork(`split-${split}`)
    const { corpus, heldOut } = divide((chains) => random.shuffle([...chains]))
    const counts = KNOWN.filter((count) => heldOut.length - count >= LEAST_LEFT)
    // The same ones are ordered whatever is known.
    const at = heldOut.slice(Math.max(...counts))
    for (const [label, predict] of Object.entries(predictors(space, steps, split < gptSplits ? members : 0)))
      for (const count of counts) {
        const scores = await predict(corpus, heldOut.slice(0, count), at)
        const key = `${label}|${count}`
        taus.set(key, [
          ...(taus.get(key) ?? []),
          kendallTau(
            scores,
            at.map(({ chain }) => chain.accuracy),
          ),
        ])
      }
    note(`${name}: split ${split + 1} of ${splits}`)
  }
  return [...taus].map(([key, values]) => {
    const [label = '', known = ''] = key.split('|')
    return { setting: name, name: label, known: Number(known), splits: values.length, ...interval(values) }
  })
}

void runBench('What our corpus of trained chains is worth', async ({ quick, note }) => {
  if (option('only', '') === 'searches') {
    const keep = option('keep', '')
    if (keep === '') throw new Error('Real searches take long: name a folder with --keep FOLDER, so that they go on.')
    const evaluations = Number(option('evaluations', quick ? '4' : '10'))
    const arms = option('arms', Object.keys(ARMS).join()).split(',')
    return measureRealSearches({
      arms,
      seeds: Number(option('seeds', quick ? '1' : '8')),
      evaluations,
      keep: resolve(keep),
      note,
    })
  }
  const corpus = readCorpus(readFileSync(option('corpus', `${checkout}/bench/chains/corpus.csv`), 'utf8'))
  const worth = fidelity(corpus)
  note(
    `${worth.chains} chains, deviation ${(100 * worth.spread).toFixed(1)} points, noise ${worth.noise === null ? 'unknown' : (100 * worth.noise).toFixed(1)} (${worth.repeated} chains)`,
  )
  for (const { part, n, tau, low, high } of worth.parts)
    note(`tau with ${part}: ${tau.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}] of ${n}`)
  const drawn = corpus.filter(({ part }) => part === 'drawn')
  const space = corpusSpace()
  const longer = corpus.filter(({ part }) => part === 'longer')
  const others = drawn.filter(({ dataset }) => longer.every((row) => row.dataset !== dataset))
  const orders = longer.length === 0 || others.length === 0 ? [] : orderings(space, others, longer)
  for (const one of orders) note(`longer trainings, learned from the other data: ${orderingText(one)}`)
  const ranking = {
    splits: Number(option('splits', quick ? '2' : '20')),
    gptSplits: Number(option('gpt-splits', quick ? '1' : '3')),
    steps: Number(option('steps', quick ? '20' : '100')),
    members: Number(option('members', '1')),
  }
  const rows = []
  for (const setting of settingsOf(readChains(space, drawn))) rows.push(...(await ranks(setting, space, ranking, note)))
  for (const { setting, name, known, splits, mean, low, high } of rows)
    note(
      `${setting.padEnd(42)} ${name.padEnd(46)} ${String(known).padStart(2)} known: ${mean.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}] ${splits}`,
    )
  return { results: { fidelity: worth, longer: orders, rows }, checks: [] }
})
