// What the relational GPT is trained for: to tell what is known of a graph whose quality is hidden, and to write graphs one
// operation after the other when their quality is shown.
import { crossEntropy, squaredError, weightedSum, yesNoEntropy } from '../autodiff/losses'
import { Tape, type Value } from '../autodiff/tape'
import { operationWeight } from '../language/graphs/operation'
import { INPUT, type OperationGraph } from '../language/graphs/operation-graph'
import { graphBatch, type GraphBatch } from './graph-batch'
import { VALUES, type NextLogits, type RelationalGpt } from './relational-gpt'

/** One graph of a batch. */
export interface Example {
  readonly graph: OperationGraph
  /** Shown to the language heads. */
  readonly quality: number
  /** In normal quantiles; undefined where nobody measured it. */
  readonly measured: number | undefined
  /** Of its likelihood in the loss. */
  readonly weight: number
}

/** Thirds of a depth and halves of a logarithm have about the spread of a normal quantile. */
const DEPTH_UNIT = 3

/** Logarithm of the weights that its operations carry, in halves. */
export function capacityOf({ nodes }: OperationGraph): number {
  return Math.log1p(nodes.reduce((sum, { operation }) => sum + operationWeight(operation), 0)) / 2
}

/** Operations on its longest way that are no pooling, in thirds. */
export function depthOf({ nodes, output }: OperationGraph): number {
  const depths: number[] = []
  const deepest = (from: readonly number[]): number =>
    Math.max(0, ...from.map((source) => (source === INPUT ? 0 : (depths[source] ?? 0))))
  for (const { operation, from } of nodes) depths.push(deepest(from) + Number(operation.kind !== 'pool'))
  return deepest(output) / DEPTH_UNIT
}

/** Of the likelihood beside the values: the prototype's. */
const LANGUAGE_SHARE = 0.1

export interface Losses {
  readonly total: Value
  /** Mean squared error of the values that are known. */
  readonly values: number
  /** Mean nats that writing a graph takes. */
  readonly language: number
}

export function lossesOf(tape: Tape, gpt: RelationalGpt, examples: readonly Example[]): Losses {
  const graphs = examples.map(({ graph }) => graph)
  const blind = graphBatch(graphs)
  const told = gpt.values(tape, gpt.hidden(tape, blind), blind)
  const targets = Float64Array.from(
    examples.flatMap(({ graph, measured }) => [measured ?? 0, capacityOf(graph), depthOf(graph)]),
  )
  const isKnown = examples.flatMap(({ measured }) =>
    VALUES.map((value) => value !== 'quality' || measured !== undefined),
  )
  const known = isKnown.filter(Boolean).length
  const values = squaredError(
    tape,
    told,
    targets,
    Float64Array.from(isKnown, (is) => Number(is) / known),
  )

  const shown = graphBatch(
    graphs,
    examples.map(({ quality }) => quality),
  )
  const next = gpt.next(tape, gpt.hidden(tape, shown), shown)
  const ofToken = tokenWeights(
    shown,
    next,
    examples.map(({ weight }) => weight / examples.length),
  )
  const classes = next.written.map((token) => shown.classes[token]!)
  const ofClasses = crossEntropy(tape, next.classes, classes, ofToken)
  const ofSources = yesNoEntropy(
    tape,
    next.sources,
    next.answers,
    Float64Array.from(next.owners, (owner) => ofToken[owner]!),
  )
  const total = weightedSum(tape, [
    { value: values, factor: 1 },
    { value: ofClasses, factor: LANGUAGE_SHARE },
    { value: ofSources, factor: LANGUAGE_SHARE },
  ])
  return { total, values: values.data[0]!, language: ofClasses.data[0]! + ofSources.data[0]! }
}

function tokenWeights({ starts }: GraphBatch, { written }: NextLogits, weights: readonly number[]): Float64Array {
  let graph = 0
  return Float64Array.from(written, (token) => {
    while (token >= starts[graph + 1]!) graph++
    return weights[graph]!
  })
}

/** Log-likelihood in nats of each graph, written in its order with that quality shown. */
export function logLikelihoods(gpt: RelationalGpt, graphs: readonly OperationGraph[], quality: number): Float64Array {
  const tape = new Tape(false)
  const batch = graphBatch(
    graphs,
    graphs.map(() => quality),
  )
  const next = gpt.next(tape, gpt.hidden(tape, batch), batch)
  const sums = new Float64Array(graphs.length)
  const owner = new Int32Array(next.written.length)
  let graph = 0
  next.written.forEach((token, i) => {
    while (token >= batch.starts[graph + 1]!) graph++
    owner[i] = graph
    const { cols, data } = next.classes
    const row = data.subarray(i * cols, (i + 1) * cols)
    const highest = Math.max(...row)
    const total = row.reduce((sum, logit) => sum + Math.exp(logit - highest), 0)
    sums[graph]! += row[batch.classes[token]!]! - highest - Math.log(total)
  })
  next.owners.forEach((place, i) => {
    const logit = next.sources.data[i]! * (next.answers[i] === 1 ? 1 : -1)
    sums[owner[place]!]! -= Math.max(-logit, 0) + Math.log1p(Math.exp(-Math.abs(logit)))
  })
  return sums
}
