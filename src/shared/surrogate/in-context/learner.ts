// The in-context learner: a transformer that reads evaluated architectures as its context and says mean and deviation of others in one
// pass, without being trained on them (prior-data fitted networks: Müller and others 2022). Attention goes to the context alone and is
// biased by how far two architectures are apart. 41,479 weights.
import { contextAttention, type ContextBlock } from '../../autodiff/context-attention'
import { add, affine, clamped, gelu, layerNorm, mixtureOf, relu, rowsOf } from '../../autodiff/operations'
import { Parameters, linear, norm, type ParameterSpec } from '../../autodiff/parameters'
import { Tape, Value } from '../../autodiff/tape'
import type { Random } from '../../random'
import { PROCESSES, processOpinions, type ProcessOpinions } from './fixed-processes'
import { COORDINATES, normalised, type InContextTask } from './task'

export interface LearnerShape {
  readonly width: number
  readonly blocks: number
  readonly heads: number
  /** Width of the feed-forward layer. */
  readonly inner: number
  /** Width of the layer that turns distances into biases of attention. */
  readonly pairInner: number
}

/** The prototype's sizes (docs/method.md#in-context-learner). */
export const LEARNER_SHAPE: LearnerShape = { width: 40, blocks: 3, heads: 4, inner: 80, pairInner: 20 }

/** Target, whether it is asked about, size of the context, coordinates, what the processes say. */
const ROW_FEATURES = 3 + COORDINATES + 2 * PROCESSES
const PAIR_FEATURES = 8

/** Logarithms of deviations that are told: from 2 % of the spread of the known to 4.5 times it. */
const LEAST_SPREAD = -4
const MOST_SPREAD = 1.5

function specsOf({ width, blocks, heads, inner, pairInner }: LearnerShape): ParameterSpec[] {
  const block = (name: string): ParameterSpec[] => [
    ...norm(`${name}.attentionNorm`, width),
    ...linear(`${name}.queries`, width, width),
    ...linear(`${name}.keys`, width, width),
    ...linear(`${name}.values`, width, width),
    ...linear(`${name}.joined`, width, width),
    ...norm(`${name}.innerNorm`, width),
    ...linear(`${name}.inner`, width, inner),
    ...linear(`${name}.outer`, inner, width),
  ]
  return [
    ...linear('rows', ROW_FEATURES, width),
    ...linear('pairInner', PAIR_FEATURES, pairInner),
    ...linear('pairBias', pairInner, blocks * heads),
    ...Array.from({ length: blocks }, (_, i) => block(`block${i}`)).flat(),
    ...norm('lastNorm', width),
    ...linear('mean', width, 1),
    ...linear('spread', width, 1),
    ...linear('mixture', width, PROCESSES),
  ]
}

/** Of the architectures that were asked about, task behind task, in normal quantiles of rank. */
export interface LearnerOutput {
  readonly means: Value
  /** Natural logarithms of deviations. */
  readonly spreads: Value
}

/** Several tasks as one batch, row behind row without padding. */
interface TaskBatch {
  readonly rows: Value
  readonly blocks: ContextBlock[]
  readonly pairFeatures: Value
  /** Rows of the context, and of what is asked about. */
  readonly known: Int32Array
  readonly asked: Int32Array
  /** Of the asked rows, what each process says. */
  readonly opinions: Float64Array
}

/** Their hidden units take 640 KiB. */
const PAIRS_AT_ONCE = 2048

export class InContextLearner {
  private constructor(
    readonly parameters: Parameters,
    readonly shape: LearnerShape,
  ) {}

  static draw(random: Random, shape: LearnerShape = LEARNER_SHAPE): InContextLearner {
    return new InContextLearner(Parameters.draw(specsOf(shape), random), shape)
  }

  /** @throws AppError `invalid-input` as `Parameters.read` */
  static read(weights: Float32Array, shape: LearnerShape = LEARNER_SHAPE): InContextLearner {
    return new InContextLearner(Parameters.read(specsOf(shape), weights), shape)
  }

  /** @param tasks each with at least one known and one asked row */
  predict(tape: Tape, tasks: readonly InContextTask[]): LearnerOutput {
    const batch = batchOf(tasks)
    const { blocks, heads } = this.shape
    const bias = tape.isRecording ? this.bias(tape, batch.pairFeatures) : this.biasInParts(tape, batch.pairFeatures)
    let x = this.through(tape, 'rows', batch.rows)
    for (let i = 0; i < blocks; i++) {
      const name = `block${i}`
      const read = this.normed(tape, `${name}.attentionNorm`, x)
      const context = rowsOf(tape, read, batch.known)
      const inputs = {
        queries: this.through(tape, `${name}.queries`, read),
        keys: this.through(tape, `${name}.keys`, context),
        values: this.through(tape, `${name}.values`, context),
        bias,
        biasColumn: i * heads,
      }
      x = add(tape, x, this.through(tape, `${name}.joined`, contextAttention(tape, inputs, batch.blocks, heads)))
      const inner = gelu(tape, this.through(tape, `${name}.inner`, this.normed(tape, `${name}.innerNorm`, x)))
      x = add(tape, x, this.through(tape, `${name}.outer`, inner))
    }
    const last = this.normed(tape, 'lastNorm', rowsOf(tape, x, batch.asked))
    const own = this.through(tape, 'mean', last)
    const mixed = mixtureOf(tape, this.through(tape, 'mixture', last), batch.opinions)
    const spreads = clamped(tape, this.through(tape, 'spread', last), LEAST_SPREAD, MOST_SPREAD)
    return { means: add(tape, own, mixed), spreads }
  }

  /** Of each pair, for every block and head. */
  private bias(tape: Tape, pairFeatures: Value): Value {
    return this.through(tape, 'pairBias', relu(tape, this.through(tape, 'pairInner', pairFeatures)))
  }

  /** The same numbers, of so many pairs at a time that what lies between stays near the processor. */
  private biasInParts(tape: Tape, { rows, cols, data }: Value): Value {
    const bias = tape.value(rows, this.shape.blocks * this.shape.heads)
    const part = Tape.reused()
    for (let start = 0; start < rows; start += PAIRS_AT_ONCE) {
      part.restart()
      const end = Math.min(rows, start + PAIRS_AT_ONCE)
      const pairs = Value.constant(end - start, cols, data.subarray(start * cols, end * cols))
      bias.data.set(this.bias(part, pairs).data, start * bias.cols)
    }
    return bias
  }

  private through(tape: Tape, name: string, x: Value): Value {
    return affine(tape, x, this.parameters.get(`${name}.weight`), this.parameters.get(`${name}.bias`))
  }

  private normed(tape: Tape, name: string, x: Value): Value {
    return layerNorm(tape, x, this.parameters.get(`${name}.gain`), this.parameters.get(`${name}.shift`))
  }
}

function batchOf(tasks: readonly InContextTask[]): TaskBatch {
  const rowCount = tasks.reduce((sum, { known, asked }) => sum + known + asked, 0)
  const pairCount = tasks.reduce((sum, { known, asked }) => sum + (known + asked) * known, 0)
  const askedCount = tasks.reduce((sum, { asked }) => sum + asked, 0)
  const batch: TaskBatch = {
    rows: Value.constant(rowCount, ROW_FEATURES),
    blocks: [],
    pairFeatures: Value.constant(pairCount, PAIR_FEATURES),
    known: new Int32Array(rowCount - askedCount),
    asked: new Int32Array(askedCount),
    opinions: new Float64Array(askedCount * PROCESSES),
  }
  let row = 0
  let asked = 0
  let pair = 0
  for (const task of tasks) {
    const scaled = normalised(task)
    const opinions = processOpinions(scaled)
    const firstKnown = row - asked
    const rows = task.known + task.asked
    batch.blocks.push({ row, rows, key: firstKnown, keys: task.known, pair })
    writePairs(batch.pairFeatures.data, pair * PAIR_FEATURES, scaled)
    for (let i = 0; i < rows; i++) {
      writeRow(batch.rows.data, (row + i) * ROW_FEATURES, scaled, opinions, i)
      if (i < task.known) batch.known[firstKnown + i] = row + i
      else batch.asked[asked++] = row + i
    }
    const heard = opinions.means.subarray(task.known * PROCESSES)
    batch.opinions.set(heard, (asked - task.asked) * PROCESSES)
    row += rows
    pair += rows * task.known
  }
  return batch
}

function writeRow(
  into: Float64Array,
  at: number,
  { known, targets, coordinates }: InContextTask,
  { means, deviations }: ProcessOpinions,
  row: number,
): void {
  into[at] = row < known ? targets[row]! : 0
  into[at + 1] = row < known ? 0 : 1
  // Contexts of 6 to 400 lie between -0.4 and 1.
  into[at + 2] = Math.log(known) / 3 - 1
  into.set(coordinates.subarray(row * COORDINATES, (row + 1) * COORDINATES), at + 3)
  for (let i = 0; i < PROCESSES; i++) {
    into[at + 3 + COORDINATES + 2 * i] = means[row * PROCESSES + i]!
    into[at + 4 + COORDINATES + 2 * i] = deviations[row * PROCESSES + i]!
  }
}

/** Below it two architectures are the same to a distance. */
const SAME = 1e-4

function writePairs(data: Float64Array, start: number, { choices, figures }: InContextTask): void {
  for (let i = 0, at = start; i < choices.length; i++, at += PAIR_FEATURES) {
    const choice = choices[i]!
    const figure = figures[i]!
    const near = Math.exp(-3 * figure)
    data[at] = Math.sqrt(choice)
    data[at + 1] = Math.sqrt(figure)
    data[at + 2] = Math.exp(-3 * choice)
    data[at + 3] = near
    data[at + 4] = Math.exp(-0.7 * (choice + figure))
    data[at + 5] = near ** 4
    data[at + 6] = Number(figure < SAME)
    data[at + 7] = Number(choice < SAME)
  }
}
