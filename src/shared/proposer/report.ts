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

/** Nats of a sentence under an n-gram, operation by operation. */
type Sentences = (sentence: readonly number[]) => number[]

/** An n-gram of `order` over the operations of the graphs that it is fitted on. */
function nGramOf(order: number, fitted: readonly OperationGraph[]): Sentences {
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
  return (sentence) =>
    sentence.map((word, at) => {
      let probability = 1 / CLASSES
      for (const context of contexts(sentence, at)) {
        const row = counts.get(context)
        if (row === undefined) continue
        const total = row.reduce((sum, count) => sum + count, 0)
        probability = CONTEXT_WEIGHT * (row[word]! / total) + (1 - CONTEXT_WEIGHT) * probability
      }
      return -Math.log(probability)
    })
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)

/** Mean nats an operation takes. */
function nGramLoss(nGram: Sentences, held: readonly OperationGraph[]): number {
  const nats = held.flatMap((graph) => nGram(sentenceOf(graph)))
  return sumOf(nats) / nats.length
}

/** Nats an operation that no writer of these sentences can do without: their own entropy over their mean length. */
function sentenceEntropy(graphs: readonly OperationGraph[]): number {
  const counts = new Map<string, number>()
  let words = 0
  for (const graph of graphs) {
    const sentence = sentenceOf(graph)
    words += sentence.length
    counts.set(sentence.join(' '), (counts.get(sentence.join(' ')) ?? 0) + 1)
  }
  return -sumOf([...counts.values()].map((count) => count * Math.log(count / graphs.length))) / words
}

/**
 * Mean nats of an operation that is left out of a graph, all others and every connection known: each operation of the grammar in its
 * place, in proportion to how likely the whole then is. A writer from the left sees both sides so.
 * @param nats that whole graphs take, each a filling of that held one
 */
function gapLoss(
  held: readonly OperationGraph[],
  nats: (graphs: readonly OperationGraph[], of: number) => readonly number[],
): number {
  const losses = held.flatMap(({ nodes, output }, of) =>
    nodes.map((node, gap) => {
      const filled = CELL_GRAMMAR.operations.map((each) => ({
        nodes: nodes.map((other, i) => (i === gap ? { ...other, operation: each } : other)),
        output,
      }))
      const taken = nats(filled, of)
      const least = Math.min(...taken)
      const right = CELL_GRAMMAR.operations.findIndex((each) => classOf(each) === classOf(node.operation))
      return (taken[right] ?? Infinity) - least + Math.log(sumOf(taken.map((each) => Math.exp(least - each))))
    }),
  )
  return sumOf(losses) / losses.length
}

interface Reading {
  /** Shown before each graph; left out, none is known. */
  readonly qualities?: readonly number[]
  /** Whether only what the grammar of cells allows has a probability, as whenever the GPT writes. */
  readonly isAllowed?: boolean
}

/** Mean nats that the class of an operation takes the GPT, connections left out, so that n-grams can be held against it. */
function classLoss(
  gpt: RelationalGpt,
  held: readonly OperationGraph[],
  { qualities, isAllowed }: Reading = {},
): number {
  const tape = new Tape(false)
  const batch = graphBatch(held, qualities)
  const next = gpt.next(tape, gpt.hidden(tape, batch), batch)
  const { cols, data } = next.classes
  const allowed = new Set([...CELL_GRAMMAR.operations.map(classOf), OUTPUT_CLASS])
  let nats = 0
  next.written.forEach((token, i) => {
    const row = data.slice(i * cols, (i + 1) * cols)
    if (isAllowed === true) row.forEach((_, each) => allowed.has(each) || (row[each] = -Infinity))
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
  const nGrams = Object.entries(N_GRAMS).map(([name, order]) => [name, nGramOf(order, fitted)] as const)
  const baselines = nGrams.flatMap(([name, nGram]) => [
    [`${name}Loss`, nGramLoss(nGram, held)],
    [`${name}GapLoss`, gapLoss(held, (graphs) => graphs.map((graph) => sumOf(nGram(sentenceOf(graph)))))],
  ])
  const qualities = first.heldOut.map(({ quality }) => quality)
  const taken =
    (qualityOf: (of: number) => number) =>
    (graphs: readonly OperationGraph[], of: number): number[] =>
      Array.from(logLikelihoods(first.gpt, graphs, qualityOf(of)), (each) => -each)
  return {
    parameters: first.gpt.parameters.count,
    trainedCells: fitted.length,
    heldOutCells: held.length,
    heldOutRank: members.reduce((sum, { heldOutRank }) => sum + heldOutRank, 0) / members.length,
    classLoss: classLoss(first.gpt, held),
    classLossAllowed: classLoss(first.gpt, held, { isAllowed: true }),
    classLossShown: classLoss(first.gpt, held, { qualities, isAllowed: true }),
    floorLoss: sentenceEntropy([...fitted, ...held]),
    gapLoss: gapLoss(
      held,
      taken(() => UNKNOWN_QUALITY),
    ),
    gapLossShown: gapLoss(
      held,
      taken((of) => qualities[of] ?? UNKNOWN_QUALITY),
    ),
    uniformLoss: Math.log(CLASSES),
    uniformGapLoss: Math.log(CELL_GRAMMAR.operations.length),
    ...(Object.fromEntries(baselines) as Record<string, number>),
    bitsPerCell: bitsPerGraph(first.gpt, held),
    leastBitsPerCell: Math.log2(fitted.length + held.length),
    samples: samples.samples,
    validShare: samples.valid,
    uniqueShare: samples.unique,
    novelShare: samples.novel,
  }
}
