// The proposer: what recording its training step buys, how fast it rebuilds a generation, and whether what it learned beats counting
// (n-grams fitted on the same corpus, scored on the same held-out networks, in this run). Training runs in turns with PyTorch (proposer/peer.ts),
// and of preset `workbench` it tells what a search waits for (proposer/workbench.ts).
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { BUILT_IN_BLOCKS } from '../src/shared/architecture/blocks'
import { blockNames, vocabularySize } from '../src/shared/language'
import { PAPER_PROPOSERS } from '../src/shared/strategies/paper-proposers'
import { createRandom } from '../src/shared/random'
import { chainSpaceSchema } from '../src/shared/spaces/block-chain/schema'
import { createBlockChainSpace } from '../src/shared/spaces/block-chain/space'
import { readCheckpoint, type Checkpoint } from '../src/compute/proposer/model/checkpoint'
import { WINDOW_ROW, chainCorpus, known, mixed, zooCorpus } from '../src/compute/proposer/learning/corpus'
import { scoreHeldOut } from '../src/compute/proposer/learning/held-out-scores'
import { nextLayerObjective } from '../src/compute/proposer/learning/objectives'
import { gptParameters, paperGpt } from '../src/compute/proposer/model/gpt'
import { fitNGram } from '../src/compute/proposer/learning/n-grams'
import { initialArrays } from '../src/compute/proposer/model/parameters'
import { createProposals, type Proposals } from '../src/compute/proposer/use/proposals'
import { reconstructChains } from '../src/compute/proposer/use/reconstruct'
import { createRowCounter, rowDraws, type Rows, type RowCounter } from '../src/compute/proposer/learning/row-counts'
import { createTrainer } from '../src/compute/proposer/learning/trainer'
import { runtimeVersions } from '../src/compute/tensorflow/backend'
import { trainInTurns } from './proposer/peer'
import { measureInSearch, measureWriting } from './proposer/workbench'
import {
  atLeast,
  atMost,
  checkout,
  equal,
  median,
  runBench,
  type BenchOptions,
  type Check,
  type Measured,
} from './harness'

/** Paper, section IV-C. */
const BATCH = 128
const POPULATION = 30
const ELIMINATION = 0.4
const pause = (): Promise<void> => Promise.resolve()
const round = (value: number, digits = 3): number => Number(value.toFixed(digits))

function speed(rows: Rows, steps: number) {
  const trainer = createTrainer(nextLayerObjective(paperGpt), initialArrays(gptParameters(paperGpt), 1), BATCH)
  const draw = rowDraws(rows)
  const random = createRandom(1).fork('speed')
  const batch = (): Int32Array => {
    const values = new Int32Array(BATCH * WINDOW_ROW)
    for (let i = 0; i < BATCH; i++) {
      const row = draw(random) * WINDOW_ROW
      values.set(rows.values.subarray(row, row + WINDOW_ROW), i * WINDOW_ROW)
    }
    return values
  }
  const times = { recorded: [] as number[], eager: [] as number[] }
  // In turns, because other work on the machine would otherwise fall on one of them.
  for (let i = 0; i < steps; i++)
    for (const kind of ['recorded', 'eager'] as const) {
      const values = batch()
      const start = performance.now()
      if (kind === 'recorded') trainer.step(values, 1e-4)
      else trainer.stepEagerly(values, 1e-4)
      times[kind].push(performance.now() - start)
    }
  trainer.dispose()
  const tokens = BATCH * paperGpt.window
  const perSecond = (list: readonly number[]) => ({
    best: Math.round((tokens * 1000) / Math.min(...list.slice(2))),
    median: Math.round((tokens * 1000) / median(list.slice(2))),
  })
  return { recorded: perSecond(times.recorded), eager: perSecond(times.eager) }
}

function rebuilding(proposals: Proposals, generations: number) {
  const space = createBlockChainSpace({
    definition: chainSpaceSchema.parse({}),
    inputShape: [32, 32, 3],
    classes: 10,
    library: BUILT_IN_BLOCKS,
  })
  const proposer = { proposals, space, library: BUILT_IN_BLOCKS }
  const seconds: number[] = []
  let [blocks, outside, different] = [0, 0, 0]
  for (let generation = 0; generation < generations; generation++) {
    const random = createRandom(generation).fork('rebuilding')
    const requests = Array.from({ length: POPULATION }, () => {
      const genotype = space.random(random)
      const positions = genotype.blocks.flatMap((_, position) => (random.chance(ELIMINATION) ? [position] : []))
      return { genotype, positions, seed: random.integer(2 ** 31) }
    })
    const start = performance.now()
    const rebuilt = reconstructChains(proposer, requests)
    seconds.push((performance.now() - start) / 1000)
    const again = reconstructChains(proposer, requests)
    rebuilt.forEach(({ genotype, choices }, i) => {
      blocks += choices.length
      if (space.problems(genotype).length > 0) outside++
      if (JSON.stringify(genotype) !== JSON.stringify(again[i]!.genotype)) different++
    })
  }
  const middle = median(seconds)
  return {
    chains: generations * POPULATION,
    outside,
    different,
    secondsPerGeneration: round(middle),
    chainsPerSecond: round(POPULATION / middle, 1),
    blocksPerSecond: round(blocks / generations / middle, 1),
  }
}

/** Block rows without the layer: what is known when a block is to be proposed. */
function withoutLayer(blocks: RowCounter): RowCounter {
  const counter = createRowCounter(WINDOW_ROW)
  for (const [key, count] of blocks.entries()) counter.addText(key.slice(0, -2) + key.slice(-1), count)
  return counter
}

/** Nats a block, given the window alone, as reconstruction uses it. */
function blockLoss(proposals: Proposals, training: RowCounter, test: RowCounter) {
  const { count, width, values, weights, total } = withoutLayer(test).rows()
  const windows = Array.from({ length: count }, (_, i) => [...values.subarray(i * width, (i + 1) * width - 1)])
  let [loss, right, beginning] = [0, 0, 0]
  proposals.nextBlocks(windows).forEach(({ blocks, beginning: mass }, i) => {
    const label = values[(i + 1) * width - 1]!
    loss -= weights[i]! * Math.log(Math.max(blocks[label]!, 1e-30))
    if (blocks.every((other) => other <= blocks[label]!)) right += weights[i]!
    beginning += weights[i]! * mass
  })
  const rows = withoutLayer(test).rows()
  const counted = withoutLayer(training)
  const baseline = (order: number): number => round(fitNGram(counted, order, blockNames.length).score(rows).loss)
  return {
    blocks: total,
    loss: round(loss / total),
    top1: round(right / total),
    massOnBeginnings: round(beginning / total),
    uniform: baseline(0),
    unigram: baseline(1),
    bigram: baseline(2),
    fiveGram: baseline(5),
  }
}

async function quality(checkpoint: Checkpoint, proposals: Proposals, quick: boolean) {
  const { training } = checkpoint.model
  const share = training.heldOut
  // The split is by hash: fewer chains of the same seed are a part of the same corpus, on the same sides.
  const chains = await chainCorpus(
    quick ? Math.min(400, training.chains) : training.chains,
    training.seed,
    share,
    pause,
  )
  const zoo = await zooCorpus(share, pause)
  const counted = mixed([known(chains.windows), 0.5], [known(zoo.windows), 0.5])
  const names = new Set(gptParameters(paperGpt).map(({ name }) => name))
  const trainer = createTrainer(
    nextLayerObjective(paperGpt),
    checkpoint.arrays.filter(({ name }) => names.has(name)),
    BATCH,
  )
  const layers = scoreHeldOut({
    phase: 'shipped',
    trainer,
    training: counted,
    tests: [
      { name: 'chains', networks: chains.networks.heldOut, rows: chains.windows.heldOut, floor: null },
      { name: 'zoo', networks: zoo.networks.heldOut, rows: zoo.windows.heldOut, floor: null },
    ],
    classes: vocabularySize,
  })
  trainer.dispose()
  const blocks = mixed([known(chains.blocks), 0.5], [known(zoo.blocks), 0.5])
  return {
    rows: counted.rows(),
    layers: layers.map(({ test, networks, predictions, model, baselines }) => ({
      test,
      networks,
      predictions,
      loss: round(model.loss),
      top1: round(model.accuracy),
      ...Object.fromEntries(Object.entries(baselines).map(([name, { loss }]) => [name, round(loss)])),
    })),
    chainBlocks: blockLoss(proposals, blocks, chains.blocks.heldOut),
    zooBlocks: blockLoss(proposals, blocks, zoo.blocks.heldOut),
    of: layers,
  }
}

async function measure({ quick, note }: BenchOptions): Promise<Measured> {
  const folder = join(checkout, 'resources', 'proposer', PAPER_PROPOSERS[0])
  if (!existsSync(folder)) throw new Error(`${folder} is not there: train it with the command in docs/proposer.md`)
  const checkpoint = await readCheckpoint(folder)
  const proposals = createProposals(checkpoint)
  note('scoring on held-out networks')
  const { rows, of, ...learned } = await quality(checkpoint, proposals, quick)
  note('rebuilding generations')
  const rebuilt = rebuilding(proposals, quick ? 3 : 20)
  proposals.dispose()
  note('training steps, recorded and op by op')
  const tokens = speed(rows, quick ? 12 : 40)
  note('training in turns with PyTorch')
  const peer = await trainInTurns(BATCH, quick ? 3 : 8)
  if (peer === null) note('no Python with torch: not compared (GPTNAS_PYTHON names one)')
  note('preset workbench: first picks, steps of a search, writing')
  const inSearch = await measureInSearch(quick ? 20 : 100)
  const writing = measureWriting(quick ? 1000 : 10_000, 3, 512)
  const [chains, zoo] = [of[0]!, of[1]!]
  const checks: Check[] = [
    // First measurements: 1.9 times (training-speed notes, at batch 64 and context 64); a busy machine takes some of it.
    atLeast('training: recorded / op by op, best steps', tokens.recorded.best / tokens.eager.best, 1.3),
    equal('chains rebuilt outside the space', rebuilt.outside, 0),
    equal('chains rebuilt differently the second time', rebuilt.different, 0),
    ...(peer === null
      ? []
      : [atLeast('training: tokens a second / PyTorch, median steps', peer.ours.median / peer.theirs.median, 1)]),
    atMost('workbench: core-seconds until the first pick', inSearch.processor.firstPicks, 3),
    atMost('workbench: core-milliseconds of a step of gpt-nas, median', inSearch.processor.medianStep, 100),
    atLeast('workbench: graphs a second, cached / anew', writing.cached / writing.anew, 3),
    equal('workbench: samples outside the grammar', writing.samples - writing.valid, 0),
    // A generation trains for minutes; its proposals must not be noticed beside that.
    atMost('seconds to rebuild a generation of 30', rebuilt.secondsPerGeneration, 10),
    atMost(
      'next layer, held-out chains: loss / bigram loss',
      chains.model.loss / chains.baselines['bigram']!.loss,
      0.9,
    ),
    atMost('next layer, held-out zoo: loss / bigram loss', zoo.model.loss / zoo.baselines['bigram']!.loss, 0.9),
    atMost('next block, held-out zoo: loss / unigram loss', learned.zooBlocks.loss / learned.zooBlocks.unigram, 0.9),
  ]
  const versions = { ...runtimeVersions(), oneDnn: process.env['TF_ENABLE_ONEDNN_OPTS'] ?? 'default' }
  return {
    results: {
      versions,
      checkpoint: { name: checkpoint.model.name, metrics: checkpoint.model.metrics },
      trainingTokensPerSecond: tokens,
      peer,
      inSearch,
      writing,
      rebuilt,
      ...learned,
    },
    checks,
  }
}

void runBench('Proposer', measure)
