// What our own corpus of trained chains is worth: how noisy its accuracies are and whether its fidelity orders chains at all, then how well
// held-out chains are ordered after 0, 10 and 30 known ones, beside parameters and multiply-accumulates alone. Figures: docs/proposer.md.
// Options: --corpus FILE --splits N --steps N --members N.
import { readFileSync } from 'node:fs'
import { readCorpus, chainText, type CorpusPart, type TrainedChain } from '../src/shared/proposer/corpus/trained-chains'
import { RelationalGpt } from '../src/shared/proposer/relational-gpt'
import { membersOf } from '../src/shared/proposer/checkpoint'
import { createRandom } from '../src/shared/random'
import { kendallTau } from '../src/shared/rank-correlation'
import { bootstrapMean, meanOf } from '../src/shared/search/comparison/statistics'
import { readWorkbenchCheckpoint, shippedWorkbench } from '../src/node/small-checkpoints'
import { checkout, runBench } from './harness'
import {
  averaged,
  corpusSpace,
  gptScores,
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
  const drawn = corpus.filter(({ part }) => part === 'drawn')
  const of = new Map<string, number[]>()
  for (const { genotype, accuracy, part, dataset } of corpus)
    if (part !== 'longer' && dataset === drawn[0]?.dataset)
      of.set(chainText(genotype), [...(of.get(chainText(genotype)) ?? []), accuracy])
  const repeated = [...of.values()].filter(({ length }) => length > 1)
  const noise = repeated.length === 0 ? null : Math.sqrt(meanOf(repeated.map((values) => deviation(values) ** 2)))
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

function predictors(steps: number, count: number): Readonly<Record<string, Predict>> {
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
  return {
    parameters: cost(({ chain }) => chain.parameters),
    'multiply-accumulates': cost(({ chain }) => chain.macs),
    'Gaussian process, known ones alone': (_corpus, known, at) => Promise.resolve(processScores([], known, at)),
    'Gaussian process on the corpus': (corpus, known, at) => Promise.resolve(processScores(corpus, known, at)),
    'GPT fine-tuned on the corpus': taught,
    'GPT and Gaussian process, both on the corpus': async (corpus, known, at) =>
      averaged(await taught(corpus, known, at), processScores(corpus, known, at)),
    'control: GPT as shipped': untaught,
    'control: GPT drawn anew, fine-tuned': scratch,
    'control: GPT, shuffled labels': tuned(true),
  }
}

async function ranks(
  chains: readonly ReadChain[],
  splits: number,
  steps: number,
  members: number,
  note: (line: string) => void,
) {
  const taus = new Map<string, number[]>()
  for (let split = 0; split < splits; split++) {
    const order = createRandom(7)
      .fork(`split-${split}`)
      .shuffle([...chains])
    // Half to learn from, half held out: with thirty known there must be some left to order.
    const half = Math.floor(order.length / 2)
    const [corpus, heldOut] = [order.slice(0, half), order.slice(half)]
    const counts = KNOWN.filter((count) => heldOut.length - count >= LEAST_LEFT)
    // The same ones are ordered whatever is known.
    const at = heldOut.slice(Math.max(...counts))
    for (const [name, predict] of Object.entries(predictors(steps, members)))
      for (const count of counts) {
        const scores = await predict(corpus, heldOut.slice(0, count), at)
        const key = `${name}|${count}`
        taus.set(key, [
          ...(taus.get(key) ?? []),
          kendallTau(
            scores,
            at.map(({ chain }) => chain.accuracy),
          ),
        ])
      }
    note(`split ${split + 1} of ${splits}`)
  }
  return [...taus].map(([key, values]) => {
    const [name = '', known = ''] = key.split('|')
    return { name, known: Number(known), splits: values.length, ...interval(values) }
  })
}

void runBench('What our corpus of trained chains is worth', async ({ quick, note }) => {
  const corpus = readCorpus(readFileSync(option('corpus', `${checkout}/bench/chains/corpus.csv`), 'utf8'))
  const worth = fidelity(corpus)
  note(
    `${worth.chains} chains, deviation ${(100 * worth.spread).toFixed(1)} points, noise ${worth.noise === null ? 'unknown' : (100 * worth.noise).toFixed(1)} (${worth.repeated} chains)`,
  )
  for (const { part, n, tau, low, high } of worth.parts)
    note(`tau with ${part}: ${tau.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}] of ${n}`)
  const drawn = corpus.filter(({ part }) => part === 'drawn')
  const chains = readChains(corpusSpace(), drawn)
  const splits = Number(option('splits', quick ? '2' : '20'))
  const rows = await ranks(
    chains,
    splits,
    Number(option('steps', quick ? '20' : '100')),
    Number(option('members', '1')),
    note,
  )
  for (const { name, known, mean, low, high } of rows)
    note(
      `${name.padEnd(46)} ${String(known).padStart(2)} known: ${mean.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`,
    )
  return { results: { fidelity: worth, rows }, checks: [] }
})
