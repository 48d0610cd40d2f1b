// How good a trained GPT is on cells that it never saw, beside what needs no network: n-grams over the same operations, fitted on the
// same training cells. And what it writes when it is asked for a cell.
import { operation } from '../language/graphs/operation'
import { graphKey, type OperationGraph } from '../language/graphs/operation-graph'
import { createRandom } from '../random'
import { graphBatch } from './graph-batch'
import { logLikelihoods } from './objectives'
import { CLASSES, OUTPUT_CLASS, TOP_QUALITY, UNKNOWN_QUALITY, classOf } from './operation-tokens'
import { Tape } from '../autodiff/tape'
import type { RelationalGpt } from './relational-gpt'
import { graphGrammar, sampleGraphs, type GraphGrammar } from './sampling'
import type { TrainedGpt } from './training'

/** Classes of a graph's operations in its order, then the output's. */
const sentenceOf = ({ nodes }: OperationGraph): number[] => [
  ...nodes.map(({ operation }) => classOf(operation)),
  OUTPUT_CLASS,
]

/** Interpolated with shorter contexts, so that no sentence is impossible: Jelinek & Mercer 1980, one weight for all orders. */
const CONTEXT_WEIGHT = 0.9

/** Mean nats an operation takes, by an n-gram of `order` fitted on `fitted`. */
function nGramLoss(order: number, fitted: readonly OperationGraph[], held: readonly OperationGraph[]): number {
  const counts = new Map<string, Float64Array>()
  const contexts = (sentence: readonly number[], at: number): string[] =>
    Array.from({ length: order }, (_, length) => {
      const start = at - length
      return start < 0 ? `^${sentence.slice(0, at).join(' ')}` : `${length}:${sentence.slice(start, at).join(' ')}`
    })
  for (const graph of fitted) {
    const sentence = sentenceOf(graph)
    sentence.forEach((word, at) => {
      for (const context of new Set(contexts(sentence, at))) {
        const row = counts.get(context) ?? new Float64Array(CLASSES)
        row[word]!++
        counts.set(context, row)
      }
    })
  }
  let nats = 0
  let words = 0
  for (const graph of held) {
    const sentence = sentenceOf(graph)
    sentence.forEach((word, at) => {
      let probability = 1 / CLASSES
      for (const context of contexts(sentence, at)) {
        const row = counts.get(context)
        if (row === undefined) continue
        const total = row.reduce((sum, count) => sum + count, 0)
        probability = CONTEXT_WEIGHT * (row[word]! / total) + (1 - CONTEXT_WEIGHT) * probability
      }
      nats -= Math.log(probability)
      words++
    })
  }
  return nats / words
}

/** Mean nats that the class of an operation takes the GPT, connections left out, so that n-grams can be held against it. */
function classLoss(gpt: RelationalGpt, held: readonly OperationGraph[]): number {
  const tape = new Tape(false)
  const batch = graphBatch(held)
  const next = gpt.next(tape, gpt.hidden(tape, batch), batch)
  const { cols, data } = next.classes
  let nats = 0
  next.written.forEach((token, i) => {
    const row = data.subarray(i * cols, (i + 1) * cols)
    const highest = Math.max(...row)
    const total = row.reduce((sum, logit) => sum + Math.exp(logit - highest), 0)
    nats -= row[batch.classes[token]!]! - highest - Math.log(total)
  })
  return nats / next.written.length
}

interface SampleFigures {
  readonly samples: number
  /** Shares of all samples. */
  readonly valid: number
  readonly unique: number
  readonly novel: number
}

function sampleFigures(
  gpt: RelationalGpt,
  grammar: GraphGrammar,
  quality: number,
  samples: number,
  trainedOn: readonly OperationGraph[],
): SampleFigures {
  const graphs = sampleGraphs(gpt, grammar, { count: samples, quality, temperature: 1, random: createRandom(1) })
  const known = new Set(trainedOn.map(graphKey))
  const keys = graphs.map(graphKey)
  return {
    samples,
    valid: graphs.filter((graph) => grammar.problems(graph).length === 0).length / samples,
    unique: new Set(keys).size / samples,
    novel: keys.filter((key) => !known.has(key)).length / samples,
  }
}

/** Bits to write a graph in its order, its quality not shown, connections included. */
function bitsPerGraph(gpt: RelationalGpt, held: readonly OperationGraph[]): number {
  const sum = logLikelihoods(gpt, held, UNKNOWN_QUALITY).reduce((total, value) => total + value, 0)
  return -sum / held.length / Math.LN2
}

/** What a search space of NAS-Bench-101 cells allows: 3x3 and 1x1 convolutions and pooling, 5 operations, 9 connections. */
export const CELL_GRAMMAR = graphGrammar(
  [operation('convolution', 3), operation('convolution', 1), operation('pool', 3)],
  5,
  9,
)

const SAMPLES = 10_000
const N_GRAMS = { unigram: 1, bigram: 2, fiveGram: 5 } as const

/** Everything that the card says, of the first member where it is not of all. */
export function figuresOf(members: readonly TrainedGpt[]): Readonly<Record<string, number>> {
  const [first] = members
  if (first === undefined) throw new RangeError('there is no member to report on')
  const held = first.heldOut.map(({ graph }) => graph)
  const fitted = first.trainedOn.map(({ graph }) => graph)
  const samples = sampleFigures(first.gpt, CELL_GRAMMAR, TOP_QUALITY, SAMPLES, fitted)
  const baselines = Object.entries(N_GRAMS).map(([name, order]) => [`${name}Loss`, nGramLoss(order, fitted, held)])
  return {
    parameters: first.gpt.parameters.count,
    trainedCells: fitted.length,
    heldOutCells: held.length,
    heldOutRank: members.reduce((sum, { heldOutRank }) => sum + heldOutRank, 0) / members.length,
    classLoss: classLoss(first.gpt, held),
    uniformLoss: Math.log(CLASSES),
    ...(Object.fromEntries(baselines) as Record<string, number>),
    bitsPerCell: bitsPerGraph(first.gpt, held),
    samples: samples.samples,
    validShare: samples.valid,
    uniqueShare: samples.unique,
    novelShare: samples.novel,
  }
}
