// Trains a relational GPT: batches of measured cells, published blocks and random graphs, in another topological order each time.
// The same seed and table give the same weights on every machine.
import { AdamW, cosineRate } from '../autodiff/adam-w'
import { Tape } from '../autodiff/tape'
import { createRandom, type Random } from '../random'
import { rankCorrelation } from '../rank-correlation'
import { blockStacks } from './corpus/block-stacks'
import { rankedCells, type MeasuredCell } from './corpus/measured-cells'
import { randomGraph } from './corpus/random-graphs'
import { reordered } from './corpus/topological'
import { graphBatch } from './graph-batch'
import { lossesOf, type Example } from './objectives'
import { TOP_QUALITY, UNKNOWN_QUALITY } from './operation-tokens'
import { RelationalGpt } from './relational-gpt'

export interface GptTraining {
  readonly seed: number
  /** Which of the GPTs that are averaged: each has draws of its own, and all hold out the same cells. */
  readonly member: number
  readonly steps: number
  /** A control: measured accuracies are dealt out anew among the cells. */
  readonly shuffleLabels: boolean
}

/** The prototype's batch and rates; 400 steps instead of 1,500 cost a point after ten evaluations. */
const MEASURED = 64
const STACKS = 16
const RANDOM = 32
const RANDOM_WEIGHT = 0.25
const SHOWN = 0.7
const PEAK_RATE = 2e-3
const WARM_UP = 100
const DECAY = 0.05
export const STEPS = 1500
const HELD_OUT = 0.1
const TOLD_EVERY = 50

export interface TrainingProgress {
  readonly step: number
  readonly steps: number
  /** Means since last told. */
  readonly valueLoss: number
  readonly languageLoss: number
}

export interface TrainedGpt {
  readonly gpt: RelationalGpt
  readonly trainedOn: readonly MeasuredCell[]
  readonly heldOut: readonly MeasuredCell[]
  /** Spearman's, of the quality head with the accuracy of held-out cells. */
  readonly heldOutRank: number
  readonly curve: readonly TrainingProgress[]
}

function dealtAnew(cells: readonly MeasuredCell[], random: Random): MeasuredCell[] {
  const accuracies = random.shuffle(cells.map(({ accuracy }) => accuracy))
  return rankedCells(cells.map(({ graph }, i) => ({ graph, accuracy: accuracies[i]! })))
}

export function trainGpt(
  cells: readonly MeasuredCell[],
  { seed, member, steps, shuffleLabels }: GptTraining,
  tell: (progress: TrainingProgress) => void = () => undefined,
): TrainedGpt {
  const split = createRandom(seed).fork('held-out')
  const random = createRandom(seed).fork(`member-${member}`)
  const labelled = shuffleLabels ? dealtAnew(cells, random.fork('labels')) : cells
  const isHeldOut = cells.map(() => split.chance(HELD_OUT))
  const trainedOn = labelled.filter((_, i) => !isHeldOut[i])
  const heldOut = cells.filter((_, i) => isHeldOut[i])
  const gpt = RelationalGpt.draw(random.fork('weights'))
  const optimiser = new AdamW(gpt.parameters, DECAY)
  const draws = random.fork('batches')
  const stack = blockStacks()
  const curve: TrainingProgress[] = []
  let sums = { values: 0, language: 0, steps: 0 }
  for (let step = 0; step < steps; step++) {
    const tape = new Tape()
    const losses = lossesOf(tape, gpt, examplesOf(trainedOn, stack, draws))
    tape.backward(losses.total)
    optimiser.step(cosineRate(PEAK_RATE, step, steps, WARM_UP))
    sums = { values: sums.values + losses.values, language: sums.language + losses.language, steps: sums.steps + 1 }
    if ((step + 1) % TOLD_EVERY !== 0 && step + 1 !== steps) continue
    const progress = {
      step: step + 1,
      steps,
      valueLoss: sums.values / sums.steps,
      languageLoss: sums.language / sums.steps,
    }
    curve.push(progress)
    tell(progress)
    sums = { values: 0, language: 0, steps: 0 }
  }
  const batch = graphBatch(heldOut.map(({ graph }) => graph))
  const tape = new Tape(false)
  const told = gpt.values(tape, gpt.hidden(tape, batch), batch)
  const heldOutRank = rankCorrelation(
    heldOut.map((_, i) => told.data[i * told.cols]!),
    heldOut.map(({ accuracy }) => accuracy),
  )
  return { gpt, trainedOn, heldOut, heldOutRank, curve }
}

function examplesOf(
  cells: readonly MeasuredCell[],
  stack: (random: Random) => Example['graph'],
  random: Random,
): Example[] {
  const shown = (quality: number): number => (random.chance(SHOWN) ? quality : UNKNOWN_QUALITY)
  const measured = Array.from({ length: MEASURED }, (): Example => {
    const { graph, quantile, quality } = random.choice(cells)
    return { graph: reordered(graph, random), quality: shown(quality), measured: quantile, weight: 1 }
  })
  const stacks = Array.from({ length: STACKS }, (): Example => {
    const graph = reordered(stack(random), random)
    return { graph, quality: shown(TOP_QUALITY), measured: undefined, weight: 1 }
  })
  const others = Array.from({ length: RANDOM }, (): Example => {
    const graph = randomGraph(random)
    return { graph, quality: UNKNOWN_QUALITY, measured: undefined, weight: RANDOM_WEIGHT }
  })
  return [...measured, ...stacks, ...others]
}
