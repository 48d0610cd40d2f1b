// One recorded training: weights and Adam's moments live in a session, a step feeds rows and a rate. What is learned is an
// `Objective`'s: the GPT's next layer or the classifier's block.
import { tf, type Scalar, type Tensor, type Tensor2D, type Variable } from '../../tensorflow/backend'
import type { NamedArray } from '../../networks/weights'
import { adam } from '../../tensorflow/optimizers'
import { entry, type Program } from '../../tensorflow/recorder/program'
import { record } from '../../tensorflow/recorder/record'
import { variablesOf, weightSource, type WeightSource } from '../model/parameters'
import type { Rows } from './row-counts'

export interface Objective {
  /** Columns of a row; the last one is what is to be predicted. */
  readonly width: number
  /** Names of weights that come from counting and stay as they are. */
  readonly counted?: readonly string[]
  /** Mean loss of `[batch, width]` int32 rows, nats. */
  loss(rows: Tensor2D, weights: WeightSource): Scalar
  /** Logits of the last column: `[batch, classes]`. */
  logits(rows: Tensor2D, weights: WeightSource): Tensor2D
}

export interface Score {
  /** Mean over the rows' weights, nats. */
  readonly loss: number
  /** Share of the weight whose most probable class is the right one. */
  readonly accuracy: number
}

/** Rows scored in one call; only the speed depends on it. */
const SCORE_BATCH = 256
/** GPT-1 (section 4.1): decoupled decay of 0.01 on everything but biases and gains. */
const WEIGHT_DECAY = 0.01

export interface Trainer {
  readonly batchSize: number
  /** One update. @param rows `batchSize` rows @returns the loss before it */
  step(rows: Int32Array, rate: number): number
  /** The same step op by op on the initial weights: the oracle, and what the bench compares with. */
  stepEagerly(rows: Int32Array, rate: number): number
  score(rows: Rows): Score
  /** Copies of the weights alone, and of everything that training needs to go on. */
  weights(): NamedArray[]
  state(): NamedArray[]
  writeState(arrays: readonly NamedArray[]): void
  /** Frees the session and the variables. */
  dispose(): void
}

function entries(
  objective: Objective,
  source: WeightSource,
  learned: readonly Variable[],
  optimizer: ReturnType<typeof adam>,
  batchSize: number,
) {
  const { width } = objective
  return {
    train: entry(
      { rows: { shape: [batchSize, width], dtype: 'int32' }, rate: { shape: [], dtype: 'float32' } } as const,
      ({ rows, rate }) => {
        const { value, grads } = tf.variableGrads(() => objective.loss(rows as Tensor2D, source), [...learned])
        optimizer.apply(grads, rate as Scalar)
        return { loss: value as Tensor }
      },
    ),
    score: entry({ rows: { shape: [SCORE_BATCH, width], dtype: 'int32' } } as const, ({ rows }) => {
      const logits = objective.logits(rows as Tensor2D, source)
      return { logProbabilities: tf.logSoftmax(logits) as Tensor }
    }),
  }
}

/** @param arrays initial weights; not kept @param weightDecay decoupled, of everything but biases and gains */
export function createTrainer(
  objective: Objective,
  arrays: readonly NamedArray[],
  batchSize: number,
  weightDecay = WEIGHT_DECAY,
): Trainer {
  const variables = variablesOf(arrays)
  const parameters = [...variables]
    .filter(([name]) => objective.counted?.includes(name) !== true)
    .map(([name, variable]) => ({
      name,
      variable,
      decays: !name.endsWith('/bias') && !name.endsWith('/gain'),
    }))
  const optimizer = adam(parameters, { weightDecay })
  const all = { ...Object.fromEntries(variables), ...optimizer.slots }
  const program: Program<ReturnType<typeof entries>> = record({
    variables: all,
    entries: entries(
      objective,
      weightSource(variables),
      parameters.map(({ variable }) => variable),
      optimizer,
      batchSize,
    ),
  })
  const read = (names: readonly string[]): NamedArray[] =>
    [...program.readVariables(names)].map(([name, values]) => ({
      name,
      shape: all[name]!.shape,
      values: values as Float32Array,
    }))

  return {
    batchSize,
    step: (rows, rate) => program.run('train', { rows, rate }).loss[0]!,
    stepEagerly: (rows, rate) => program.runEagerly('train', { rows, rate }).loss[0]!,
    score: (rows) => scoreRows(rows, (batch) => program.run('score', { rows: batch }).logProbabilities as Float32Array),
    weights: () => read(arrays.map(({ name }) => name)),
    state: () => read(Object.keys(all)),
    writeState: (saved) => program.writeVariables(new Map(saved.map(({ name, values }) => [name, values]))),
    dispose: () => {
      program.dispose()
      tf.dispose(Object.values(all))
    },
  }
}

function scoreRows({ count, width, values, weights, total }: Rows, run: (batch: Int32Array) => Float32Array): Score {
  let [loss, right] = [0, 0]
  for (let start = 0; start < count; start += SCORE_BATCH) {
    const batch = new Int32Array(SCORE_BATCH * width)
    batch.set(values.subarray(start * width, Math.min(count, start + SCORE_BATCH) * width))
    const logProbabilities = run(batch)
    const classes = logProbabilities.length / SCORE_BATCH
    for (let i = 0; i < SCORE_BATCH && start + i < count; i++) {
      const row = logProbabilities.subarray(i * classes, (i + 1) * classes)
      const label = batch[i * width + width - 1]!
      const weight = weights[start + i]!
      loss -= weight * row[label]!
      if (row.every((value) => value <= row[label]!)) right += weight
    }
  }
  return { loss: loss / total, accuracy: right / total }
}
