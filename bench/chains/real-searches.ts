// Searches of real CIFAR-10 at the fidelity of our corpus, where CIFAR-10 never enters: `gpt-nas` with the judge of chains, without it, and
// every other strategy, seed by seed, so that a beginning already has pairs. Each is a run of one workspace, made by the command line: what
// two of them train alike is trained once, and the same command goes on where it stopped.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { CORPUS_DEFAULTS, corpusPlan } from '../../src/shared/proposer/corpus/corpus-plan'
import { chainText, readCorpus, type TrainedChain } from '../../src/shared/proposer/corpus/trained-chains'
import { figures } from '../../src/shared/search/comparison/compare'
import { bootstrapMean } from '../../src/shared/search/comparison/statistics'
import type { ChainGenotype } from '../../src/shared/spaces/block-chain/space'
import { checkout, type Measured } from '../harness'
import { orderings, orderingText } from './orders'
import { corpusSpace } from './predictors'

export interface RealSearches {
  readonly seeds: number
  readonly evaluations: number
  /** Who searches; all but the first are compared with it. */
  readonly arms: readonly string[]
  /** Folder of the workspace and of what was measured. */
  readonly keep: string
  readonly note: (line: string) => void
}

/** `gp-ei`, `random` and `gpt-nas` without the judge train the same ones first. */
export const ARMS = {
  'gpt-nas': { name: 'gpt-nas' },
  'gp-ei': { name: 'gp-ei' },
  'ga-random-replacement': { name: 'ga-random-replacement' },
  random: { name: 'random' },
  'gpt-nas without the judge': { name: 'gpt-nas', chains: 'none' },
  'gpt-nas:paper': { name: 'gpt-nas:paper' },
  ga: { name: 'ga' },
  // Twenty that live, as left out, would be random ones nearly to the end.
  'regularised-evolution': { name: 'regularised-evolution', aliveSize: 10, sampleSize: 5 },
  'local-search': { name: 'local-search', wholeNeighbourhood: false },
} as const
type Arm = keyof typeof ARMS
/** Strategies that go by generations have one of so many: with ten, as on the tables, 25 evaluations would be two and a half. */
const GENERATION = 5
const GENERATIONAL: readonly Arm[] = ['ga-random-replacement', 'gpt-nas:paper', 'ga']
const DATASET = 'cifar-10'

interface Cell {
  readonly arm: Arm
  readonly seed: number
  /** Validation accuracy of each distinct architecture in percent, in the order of trials. */
  readonly accuracies: readonly number[]
  readonly chains: readonly TrainedChain[]
}

interface ShownTrial {
  readonly fitness: number | null
  readonly genotype: ChainGenotype
  readonly parameters: number
  readonly macs: number
}

function definitionOf(arm: Arm, seed: number, evaluations: number) {
  const [first] = corpusPlan(CORPUS_DEFAULTS)
  if (first === undefined) throw new Error('the corpus has no plan')
  const { definition } = first
  const populationSize = GENERATIONAL.includes(arm) ? GENERATION : 1
  return {
    ...definition,
    name: `CIFAR-10: ${arm}, seed ${seed}, ${evaluations} evaluations`,
    seed,
    strategy: ARMS[arm],
    populationSize,
    generations: Math.ceil(evaluations / populationSize),
    maxEvaluations: evaluations,
    data: { ...definition.data, dataset: DATASET },
  }
}

async function commandLine(words: readonly string[]): Promise<string> {
  return new Promise<string>((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(checkout, 'scripts', 'gpt-nas.mjs'), ...words], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let told = ''
    child.stdout.on('data', (chunk: Buffer) => (told += chunk.toString()))
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve(told) : reject(new Error(`gpt-nas ${words.slice(0, 2).join(' ')} ended with ${code}`)),
    )
  })
}

async function searched(keep: string, arm: Arm, seed: number, evaluations: number): Promise<Cell> {
  const workspace = ['--workspace', path.join(keep, 'workspace'), '--json']
  const config = path.join(keep, `${arm.replaceAll(' ', '-')}-${seed}-${evaluations}.json`)
  await writeFile(config, JSON.stringify(definitionOf(arm, seed, evaluations)))
  const started = await commandLine(['search', 'start', '--config', config, '--go-on', ...workspace])
  const { run } = JSON.parse(started) as { readonly run: { readonly number: number } }
  const shown = await commandLine(['search', 'show', String(run.number), ...workspace])
  const { trials } = JSON.parse(shown) as { readonly trials: readonly ShownTrial[] }
  const seen = new Set<string>()
  const chains = trials.flatMap(({ fitness, genotype, parameters, macs }): TrainedChain[] => {
    const key = chainText(genotype)
    // What came again costs nothing and counts once.
    if (fitness === null || seen.has(key)) return []
    seen.add(key)
    return [{ dataset: DATASET, part: 'drawn', seed, parameters, macs, accuracy: fitness, curve: [], genotype }]
  })
  return { arm, seed, chains, accuracies: chains.map(({ accuracy }) => 100 * accuracy) }
}

/** The product's own corpus, which holds no image of the data searched here. */
const corpusDrawn = (): TrainedChain[] =>
  readCorpus(readFileSync(path.join(checkout, 'bench', 'chains', 'corpus.csv'), 'utf8')).filter(
    ({ part }) => part === 'drawn',
  )

/** Fewer have no order to speak of. */
const LEAST_ORDERED = 20

const bestOf = (accuracies: readonly number[], count: number): number => Math.max(...accuracies.slice(0, count))
const text = (values: readonly number[]): string => {
  const { mean, std } = figures(values)
  return `${mean.toFixed(2)} ± ${std.toFixed(2)}`
}

export async function measureRealSearches({ seeds, evaluations, arms, keep, note }: RealSearches): Promise<Measured> {
  await mkdir(path.join(keep, 'workspace'), { recursive: true })
  const asking = (Object.keys(ARMS) as Arm[]).filter((arm) => arms.includes(arm))
  const cells: Cell[] = []
  for (let seed = 1; seed <= seeds; seed++)
    for (const arm of asking) {
      const cell = await searched(keep, arm, seed, evaluations)
      cells.push(cell)
      note(
        `seed ${seed} ${arm.padEnd(26)} best ${bestOf(cell.accuracies, evaluations).toFixed(1)}: ${cell.accuracies.map((value) => value.toFixed(1)).join(' ')}`,
      )
    }
  const of = (arm: Arm, figure: (accuracies: readonly number[]) => number): number[] =>
    cells.filter((cell) => cell.arm === arm).map(({ accuracies }) => figure(accuracies))
  const asked: readonly (readonly [string, (accuracies: readonly number[]) => number])[] = [
    // Not the best of many noisy ones: an unbiased comparison of what was picked with what was drawn.
    ['mean of the first 4', (accuracies) => accuracies.slice(0, 4).reduce((sum, value) => sum + value, 0) / 4],
    ...[...new Set([4, 10, evaluations])].map(
      (count) => [`best of ${count}`, (accuracies: readonly number[]) => bestOf(accuracies, count)] as const,
    ),
  ]
  const rows = asked.map(([name, figure]) => {
    const [first = 'gpt-nas', ...rest] = asking
    const ours = of(first, figure)
    const others = rest.map((arm) => {
      const theirs = of(arm, figure)
      const pairs = ours.map((value, i) => value - (theirs[i] ?? NaN))
      return { arm, ...figures(theirs), difference: figures(pairs).mean, ...bootstrapMean(pairs) }
    })
    note(`${name.padEnd(20)} ${first} ${text(ours)}`)
    for (const { arm, mean, std, difference, low, high } of others)
      note(
        `${' '.repeat(20)} ${arm} ${mean.toFixed(2)} ± ${std.toFixed(2)}: ${difference.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`,
      )
    return { name, ...figures(ours), others }
  })
  const drawn = cells.filter(({ arm }) => arm === 'random').flatMap(({ chains }) => chains)
  const orders = drawn.length < LEAST_ORDERED ? [] : orderings(corpusSpace(), corpusDrawn(), drawn)
  for (const one of orders) note(`random chains of ${DATASET}: ${orderingText(one)}`)
  const told = cells.map(({ arm, seed, accuracies }) => ({ arm, seed, accuracies }))
  return { results: { seeds, evaluations, cells: told, rows, orders }, checks: [] }
}
