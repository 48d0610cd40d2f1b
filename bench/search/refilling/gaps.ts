// Whether a GPT that is trained to fill in the middle fills gaps better than one that weighs wholes written from the left: nats of an
// operation that is left out of a held-out measured cell, all others, every connection and the cell's fifth of quality known. A guess
// among three takes 1.099. docs/search.md#refilling-by-the-gpt has the figures.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { AdamW, cosineRate } from '../../../src/shared/autodiff/adam-w'
import { crossEntropy } from '../../../src/shared/autodiff/losses'
import { affine, rowsOf } from '../../../src/shared/autodiff/operations'
import { Tape, type Value } from '../../../src/shared/autodiff/tape'
import { operation } from '../../../src/shared/language/graphs/operation'
import type { OperationGraph } from '../../../src/shared/language/graphs/operation-graph'
import { measuredCells, type MeasuredCell } from '../../../src/shared/proposer/corpus/measured-cells'
import { reordered } from '../../../src/shared/proposer/corpus/topological'
import { graphBatch } from '../../../src/shared/proposer/graph-batch'
import { logLikelihoods, lossesOf } from '../../../src/shared/proposer/objectives'
import { classOf } from '../../../src/shared/proposer/operation-tokens'
import type { RelationalGpt } from '../../../src/shared/proposer/relational-gpt'
import { CELL_GRAMMAR } from '../../../src/shared/proposer/report'
import { bootstrapMean } from '../../../src/shared/search/comparison/statistics'
import { figures } from '../../../src/shared/search/comparison/compare'
import { createRandom } from '../../../src/shared/random'
import type { Measured } from '../../harness'
import { armsOf } from './arms'

/** As the shipped GPT was trained: what it held out is what is asked here. */
const SEED = 1
const HELD_OUT = 0.1
const BATCH = 64
const RATE = 1e-3
const WARM_UP = 20
const DECAY = 0.05
/** Stands in a gap; no measured cell has one. */
const GAP = operation('other')

const filledWith = ({ nodes, output }: OperationGraph, gap: number, filling: typeof GAP): OperationGraph => ({
  nodes: nodes.map((node, i) => (i === gap ? { ...node, operation: filling } : node)),
  output,
})

/** Logits of the classes that may stand in the gap, read where the whole graph has been seen: at its output. */
function gapLogits(
  tape: Tape,
  gpt: RelationalGpt,
  graphs: readonly OperationGraph[],
  qualities: readonly number[],
): Value {
  const batch = graphBatch(graphs, qualities)
  const ends = Array.from(batch.starts.subarray(1), (start) => start - 1)
  const read = rowsOf(tape, gpt.hidden(tape, batch), ends)
  return affine(tape, read, gpt.parameters.get('class.weight'), gpt.parameters.get('class.bias'))
}

/** Trains on in place: by gaps, or from the left as before. */
function trainOn(gpt: RelationalGpt, cells: readonly MeasuredCell[], steps: number, isByGaps: boolean): void {
  const random = createRandom(SEED).fork('gaps')
  const optimiser = new AdamW(gpt.parameters, DECAY)
  for (let step = 0; step < steps; step++) {
    const tape = new Tape()
    const drawn = Array.from({ length: BATCH }, () => random.choice(cells)).filter(
      ({ graph }) => graph.nodes.length > 0,
    )
    const examples = drawn.map((cell) => ({ ...cell, graph: reordered(cell.graph, random) }))
    const gaps = examples.map(({ graph }) => random.integer(graph.nodes.length))
    const right = examples.map(({ graph }, i) => classOf(graph.nodes[gaps[i]!]!.operation))
    const total = isByGaps
      ? crossEntropy(
          tape,
          gapLogits(
            tape,
            gpt,
            examples.map(({ graph }, i) => filledWith(graph, gaps[i]!, GAP)),
            examples.map(({ quality }) => quality),
          ),
          right,
          right.map(() => 1 / right.length),
        )
      : lossesOf(
          tape,
          gpt,
          examples.map(({ graph, quality, quantile }) => ({ graph, quality, measured: quantile, weight: 1 })),
        ).total
    tape.backward(total)
    optimiser.step(cosineRate(RATE, step, steps, WARM_UP))
  }
}

/** Nats of the right one, by scores of each that may stand there. */
function natsOf(scores: readonly number[], right: number): number {
  const highest = Math.max(...scores)
  return highest - scores[right]! + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - highest), 0))
}

/** Mean nats of each held-out cell. */
function lossOf(gpt: RelationalGpt, held: readonly MeasuredCell[], isByGaps: boolean): number[] {
  const fillings = CELL_GRAMMAR.operations
  return held.flatMap(({ graph, quality }) => {
    if (graph.nodes.length === 0) return []
    const nats = graph.nodes.map((node, gap) => {
      const right = fillings.findIndex((each) => classOf(each) === classOf(node.operation))
      if (!isByGaps) {
        const wholes = fillings.map((each) => filledWith(graph, gap, each))
        return natsOf([...logLikelihoods(gpt, wholes, quality)], right)
      }
      const { data } = gapLogits(new Tape(false), gpt, [filledWith(graph, gap, GAP)], [quality])
      return natsOf(
        fillings.map((each) => data[classOf(each)]!),
        right,
      )
    })
    return [figures(nats).mean]
  })
}

export function measureGaps({
  steps,
  note,
}: {
  readonly steps: number
  readonly note: (line: string) => void
}): Measured {
  const table = path.join(process.env['GPTNAS_TABLES'] ?? '', 'nas-bench-101-small-4epoch.csv')
  const cells = measuredCells(readFileSync(table, 'utf8'))
  const split = createRandom(SEED).fork('held-out')
  const isHeldOut = cells.map(() => split.chance(HELD_OUT))
  const held = cells.filter((_, i) => isHeldOut[i])
  const trainedOn = cells.filter((_, i) => !isHeldOut[i])
  const gpt = armsOf('c10', null).get('refilled')?.gpt
  if (gpt === undefined) throw new Error('there is no GPT to fill gaps')
  const made = [
    { label: 'wholes from the left, as shipped', trained: false, isByGaps: false },
    { label: 'wholes from the left, trained on', trained: true, isByGaps: false },
    { label: 'gaps filled in, trained on', trained: true, isByGaps: true },
  ].map(({ label, trained, isByGaps }) => {
    const model = gpt()
    if (trained) trainOn(model, trainedOn, steps, isByGaps)
    return { label, losses: lossOf(model, held, isByGaps) }
  })
  const ours = made.at(-1)?.losses ?? []
  const rows = made.map(({ label, losses }) => {
    const pairs = ours.map((loss, i) => loss - losses[i]!)
    const { mean } = figures(losses)
    const { low, high } = bootstrapMean(pairs)
    note(
      `${label.padEnd(36)} ${mean.toFixed(3)} nats; filled in minus it ${figures(pairs).mean.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`,
    )
    return { label, nats: mean, minus: { mean: figures(pairs).mean, low, high } }
  })
  return { results: { steps, heldOut: held.length, rows }, checks: [] }
}
