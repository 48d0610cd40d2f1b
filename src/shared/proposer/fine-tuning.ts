// Trains the GPTs of a checkpoint of preset `workbench` on: on architectures that were trained and what they came to, our own corpus of
// block chains or the trials of a workspace. A part is held out and tells what it was worth (docs/proposer.md#fine-tuning).
import { AdamW, cosineRate } from '../autodiff/adam-w'
import { Tape } from '../autodiff/tape'
import type { Breathe } from '../breathe'
import { AppError } from '../errors'
import { graphKey, type OperationGraph } from '../language/graphs/operation-graph'
import { createRandom, type Random } from '../random'
import { kendallTau } from '../rank-correlation'
import { blockStacks } from './corpus/block-stacks'
import { rankedCells } from './corpus/measured-cells'
import { randomGraph } from './corpus/random-graphs'
import { reordered } from './corpus/topological'
import { logLikelihoods, lossesOf, type Example } from './objectives'
import { TOP_QUALITY, UNKNOWN_QUALITY } from './operation-tokens'
import { createJudge } from './judge'
import type { RelationalGpt } from './relational-gpt'

/** An architecture and what it came to. */
export interface LabelledGraph {
  readonly graph: OperationGraph
  /** Higher is better. */
  readonly fitness: number
  /** Results that can be held against each other: of one data set under one recipe. */
  readonly group: string
}

/** Set against its group. */
interface RankedGraph extends LabelledGraph {
  /** Normal quantile of its rank there, and its fifth, worst first. */
  readonly quantile: number
  readonly quality: number
}

export interface FineTuning {
  readonly seed: number
  readonly steps: number
  /** A control: what was measured is dealt out anew among the architectures of a group. */
  readonly shuffleLabels: boolean
  /** Share of the architectures; 0 learns from all, and tells nothing. */
  readonly heldOut?: number
}

/** What GPTs say of held-out architectures. */
export interface HeldOutFigures {
  /** Kendall's tau of the quality head with what was measured, mean over groups by their size; null where no group has three. */
  readonly tau: number | null
  /** Of writing one operation with its connections, quality not shown: the exponential of the mean of nats. */
  readonly perplexity: number
}

export interface FineTuned {
  readonly members: readonly RelationalGpt[]
  readonly trainedOn: number
  readonly heldOut: number
  readonly groups: number
  readonly before: HeldOutFigures
  readonly after: HeldOutFigures
}

/** Fewer teach nothing that a fifth of them could show. */
export const LEAST_GRAPHS = 20
export const HELD_OUT = 0.2
/**
 * A quarter of training's batch and half of its rate: what was learned before is to stay, and a step takes a tenth of a second on chains.
 * Rehearsed without labels are the other parts of its corpus.
 */
const LABELLED = 16
const STACKS = 4
const RANDOM = 4
const RANDOM_WEIGHT = 0.25
const SHOWN = 0.7
const RATE = 1e-3
const WARM_UP = 20
const DECAY = 0.05
const TOLD_EVERY = 10
/** A group of fewer has no order to speak of. */
const LEAST_GROUP = 3

function byGroup<T extends LabelledGraph>(graphs: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const each of graphs) groups.set(each.group, [...(groups.get(each.group) ?? []), each])
  return groups
}

function ranked(graphs: readonly LabelledGraph[], shuffle: Random | null): RankedGraph[] {
  return [...byGroup(graphs).values()].flatMap((group) => {
    const values = group.map(({ fitness }) => fitness)
    const dealt = shuffle === null ? values : shuffle.shuffle(values)
    const cells = rankedCells(group.map(({ graph }, i) => ({ graph, accuracy: dealt[i] ?? 0 })))
    return group.map((each, i) => ({ ...each, quantile: cells[i]?.quantile ?? 0, quality: cells[i]?.quality ?? 0 }))
  })
}

/** Equal architectures are on the same side, whichever group they are of. */
export function heldOutSplit(
  graphs: readonly LabelledGraph[],
  seed: number,
  share = HELD_OUT,
): { readonly training: readonly LabelledGraph[]; readonly heldOut: readonly LabelledGraph[] } {
  const split = createRandom(seed).fork('held-out')
  const keys = new Map([...new Set(graphs.map(({ graph }) => graphKey(graph)))].sort().map((key) => [key, false]))
  const order = split.shuffle([...keys.keys()])
  for (const key of order.slice(0, Math.round(order.length * share))) keys.set(key, true)
  const isHeldOut = ({ graph }: LabelledGraph): boolean => keys.get(graphKey(graph)) === true
  return { training: graphs.filter((each) => !isHeldOut(each)), heldOut: graphs.filter(isHeldOut) }
}

/** Mean over groups of Kendall's tau of `scores` with the fitness, by how many each has; null where none has three. */
export function tauWithin(graphs: readonly LabelledGraph[], scores: readonly number[]): number | null {
  const scored = graphs.map((each, i) => ({ ...each, score: scores[i] ?? 0 }))
  const groups = [...byGroup(scored).values()].filter(({ length }) => length >= LEAST_GROUP)
  const count = groups.reduce((sum, { length }) => sum + length, 0)
  if (count === 0) return null
  const sums = groups.map((group) => {
    const tau = kendallTau(
      group.map(({ score }) => score),
      group.map(({ fitness }) => fitness),
    )
    return tau * group.length
  })
  return sums.reduce((sum, value) => sum + value, 0) / count
}

function figuresOf(members: readonly RelationalGpt[], heldOut: readonly LabelledGraph[]): HeldOutFigures {
  if (heldOut.length === 0) return { tau: null, perplexity: NaN }
  const graphs = heldOut.map(({ graph }) => graph)
  const scores = createJudge(members)
    .judge(graphs)
    .map(([quality]) => quality ?? 0)
  const [first] = members
  // Each writes its operations and its end.
  const written = graphs.reduce((sum, { nodes }) => sum + nodes.length + 1, 0)
  const nats =
    first === undefined ? 0 : -logLikelihoods(first, graphs, UNKNOWN_QUALITY).reduce((sum, value) => sum + value, 0)
  return { tau: tauWithin(heldOut, scores), perplexity: Math.exp(nats / Math.max(1, written)) }
}

/** One GPT, trained on in place. */
async function trainOn(
  gpt: RelationalGpt,
  graphs: readonly RankedGraph[],
  steps: number,
  random: Random,
  tell: (step: number, loss: number) => void,
  breathe: Breathe | undefined,
): Promise<void> {
  const optimiser = new AdamW(gpt.parameters, DECAY)
  const stack = blockStacks()
  let [sum, count] = [0, 0]
  for (let step = 0; step < steps; step++) {
    await breathe?.()
    const tape = new Tape()
    const losses = lossesOf(tape, gpt, examplesOf(graphs, stack, random))
    tape.backward(losses.total)
    optimiser.step(cosineRate(RATE, step, steps, WARM_UP))
    sum += losses.values
    count++
    if ((step + 1) % TOLD_EVERY !== 0 && step + 1 !== steps) continue
    tell(step + 1, sum / count)
    sum = count = 0
  }
}

function examplesOf(
  graphs: readonly RankedGraph[],
  stack: (random: Random) => OperationGraph,
  random: Random,
): Example[] {
  const shown = (quality: number): number => (random.chance(SHOWN) ? quality : UNKNOWN_QUALITY)
  const labelled = Array.from({ length: LABELLED }, (): Example => {
    const { graph, quantile, quality } = random.choice(graphs)
    return { graph: reordered(graph, random), quality: shown(quality), measured: quantile, weight: 1 }
  })
  const stacks = Array.from({ length: STACKS }, (): Example => {
    return { graph: reordered(stack(random), random), quality: shown(TOP_QUALITY), measured: undefined, weight: 1 }
  })
  const others = Array.from({ length: RANDOM }, (): Example => {
    return { graph: randomGraph(random), quality: UNKNOWN_QUALITY, measured: undefined, weight: RANDOM_WEIGHT }
  })
  return [...labelled, ...stacks, ...others]
}

/**
 * Trains `members` on, in place, and says what they were worth on the held-out part before and after.
 * @param graphs of at least `LEAST_GRAPHS` architectures, ranks are taken within each group
 * @param breathe awaited before each step, of some tenth of a second; what it throws ends the training
 * @throws AppError `invalid-input` where there are too few
 */
export async function fineTune(
  members: readonly RelationalGpt[],
  graphs: readonly LabelledGraph[],
  { seed, steps, shuffleLabels, heldOut: share }: FineTuning,
  tell: (progress: { readonly share: number; readonly loss: number }) => void = () => undefined,
  breathe?: Breathe,
): Promise<FineTuned> {
  if (graphs.length < LEAST_GRAPHS)
    throw new AppError(
      'invalid-input',
      `There are ${graphs.length} trained architectures that the GPT can read; fine-tuning takes at least ${LEAST_GRAPHS}.`,
      'Let a search train more, or name runs that have more results.',
    )
  const { training, heldOut } = heldOutSplit(graphs, seed, share)
  const before = figuresOf(members, heldOut)
  for (const [index, gpt] of members.entries()) {
    const random = createRandom(seed).fork(`fine-tuning-${index}`)
    const labelled = ranked(training, shuffleLabels ? random.fork('labels') : null)
    const told = (step: number, loss: number): void =>
      tell({ share: (index * steps + step) / (members.length * steps), loss })
    await trainOn(gpt, labelled, steps, random.fork('batches'), told, breathe)
  }
  return {
    ...{ members, before, after: figuresOf(members, heldOut) },
    ...{ trainedOn: training.length, heldOut: heldOut.length, groups: byGroup(graphs).size },
  }
}
