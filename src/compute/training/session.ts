// One network in training: variables, data and the recorded train and evaluation steps in one session.
// Knows nothing of epochs, files or events; the trainer drives it.
import { required } from '@shared/required'
import type { Precision, Recipe } from '@shared/search/recipe'
import { initialValues } from '../networks/initialise'
import { trainedNames, type Network } from '../networks/network'
import type { NamedArray } from '../networks/weights'
import { tf, type NamedTensorMap, type Scalar, type Tensor, type Variable } from '../tensorflow/backend'
import { clipByGlobalNorm } from '../tensorflow/gradient-clip'
import { distributionCrossEntropy, softmaxCrossEntropy } from '../tensorflow/kernels/cross-entropy'
import { mean } from '../tensorflow/kernels/dense'
import { cast } from '../tensorflow/kernels/gather'
import type { Seed } from '../tensorflow/kernels/random'
import { lossScale, type LossScale } from '../tensorflow/loss-scale'
import { adam, sgd, type OptimizedParameter, type Optimizer } from '../tensorflow/optimizers'
import { entry, type Program } from '../tensorflow/recorder/program'
import { record } from '../tensorflow/recorder/record'
import { averageRate, weightAverage, type WeightAverage } from '../tensorflow/weight-average'
import { augment } from '../data/augmentation'
import { normalise, type Normalisation } from '../data/normalise'
import { halfTypeFor, needsLossScale } from './precision'
import type { BatchFeeds, BatchSource, TrainingData } from '../data/training-data'

export interface SessionOptions {
  readonly network: Network
  readonly recipe: Recipe
  /** What steps compute in, which may be less than the recipe asks for (precision.ts); float32 by default. */
  readonly precision?: Precision
  /** Images of one training step; fixed for the session. */
  readonly batchSize: number
  readonly evaluationBatch: number
  /** Images of training and validation together; steps take what its `batches` give. Stays the caller's. */
  readonly data: TrainingData
  readonly normalisation: Normalisation
  readonly seed: number
  /** Node ids that are trained besides the head; null trains all. */
  readonly trainable: readonly string[] | null
  /** Values to begin with, by name; arrays that are not among them begin at random. */
  readonly initial?: ReadonlyMap<string, NamedArray> | undefined
}

export interface StepResult {
  /** Mean over the batch, label smoothing included. */
  readonly loss: number
  /** Fraction of the batch, as augmented. */
  readonly accuracy: number
}

export interface EvaluationResult {
  /** Sums over the images whose weight is 1. Cross-entropy without smoothing. */
  readonly loss: number
  readonly correct: number
}

export interface TrainingSession {
  /** @param number steps before this one, over all epochs */
  step(batch: BatchFeeds, learningRate: number, seed: Int32Array, number: number): StepResult
  /** @param weights 1 for an image that counts, 0 for what only fills the batch */
  evaluate(batch: BatchFeeds, weights: Float32Array): EvaluationResult
  /** Parameters and statistics as they are evaluated, averaged where the recipe says so: what a network is. */
  readWeights(): NamedArray[]
  /** Weights, averages and optimizer slots: what continuing needs. */
  readState(): NamedArray[]
  /** @throws RangeError for an array the session does not have */
  writeState(arrays: readonly NamedArray[]): void
  dispose(): void
}

const correctOnes = (logits: Tensor, labels: Tensor): Tensor => cast(tf.equal(tf.argMax(logits, 1), labels), 'float32')

function optimizerOf(parameters: readonly OptimizedParameter[], recipe: Recipe): Optimizer {
  // Adam's moments decay as its authors chose; the recipe's momentum is SGD's.
  return recipe.optimizer === 'adamw' ? adam(parameters, { weightDecay: recipe.weightDecay }) : sgd(parameters, recipe)
}

interface Parts {
  readonly variables: ReadonlyMap<string, Variable>
  readonly source: BatchSource
  readonly optimizer: Optimizer
  readonly trained: readonly Variable[]
  readonly average: WeightAverage | null
  readonly scale: LossScale | null
}

function entries(options: SessionOptions, { variables, source, optimizer, trained, average, scale }: Parts) {
  const { network, recipe, batchSize, evaluationBatch, normalisation } = options
  const half = halfTypeFor(options.precision ?? 'float32')
  const array = (name: string): Variable => required(variables, name, 'variable')
  const evaluated = (name: string): Variable => average?.averages.get(name) ?? array(name)
  const optimise = (gradients: NamedTensorMap, rate: Scalar): void =>
    optimizer.apply(recipe.gradientClip === null ? gradients : clipByGlobalNorm(gradients, recipe.gradientClip), rate)
  const changed = [...trained, ...Object.values(optimizer.slots)]
  const optimiseScaled = (gradients: NamedTensorMap, rate: Scalar): void =>
    scale === null ? optimise(gradients, rate) : scale.apply(gradients, changed, (unscaled) => optimise(unscaled, rate))
  return {
    train: entry(
      {
        ...source.feeds(batchSize),
        learningRate: { shape: [], dtype: 'float32' },
        averageRate: { shape: [], dtype: 'float32' },
        seed: { shape: [2], dtype: 'int32' },
      } as const,
      (feeds) => {
        const seed = feeds.seed as Seed
        const batch = source.pick(feeds)
        const { images, targets } = augment(batch, { recipe, normalisation, classes: network.classes, seed })
        let logits: Tensor | null = null
        let loss: Scalar | null = null
        let updates: [string, Tensor][] = []
        const { grads } = tf.variableGrads(() => {
          const result = network.forward(images, array, seed, half)
          // Kept, because the tape drops whatever is not the loss.
          logits = tf.keep(result.logits)
          updates = [...result.updates].map(([name, tensor]) => [name, tf.keep(tensor)])
          const unscaled = mean(
            targets === null
              ? softmaxCrossEntropy(result.logits, batch.labels, recipe.labelSmoothing)
              : distributionCrossEntropy(result.logits, targets),
          )
          loss = tf.keep(unscaled)
          return scale === null ? unscaled : scale.scaled(unscaled)
        }, [...trained])
        optimiseScaled(grads, feeds.learningRate as Scalar)
        for (const [name, tensor] of updates) {
          array(name).assign(tensor)
          tensor.dispose()
        }
        average?.update(feeds.averageRate as Scalar)
        const accuracy = mean(correctOnes(logits!, batch.labels))
        const told = loss!.clone()
        tf.dispose([logits!, loss!, ...Object.values(grads)])
        return { loss: told, accuracy }
      },
    ),
    evaluate: entry(
      {
        ...source.feeds(evaluationBatch),
        weights: { shape: [evaluationBatch], dtype: 'float32' },
      } as const,
      (feeds) => {
        const { pixels, labels } = source.pick(feeds)
        const { logits } = network.forward(normalise(pixels, normalisation), evaluated, null)
        return {
          loss: tf.sum(tf.mul(softmaxCrossEntropy(logits, labels), feeds.weights)),
          correct: tf.sum(tf.mul(correctOnes(logits, labels), feeds.weights)),
        }
      },
    ),
  }
}

/** Name of an array's average in the session and in checkpoints. */
const averageName = (name: string): string => `${name}/average`

/**
 * Builds the variables with their initial values and records both steps. Dispose the session when done.
 * @throws AppError `out-of-memory`
 */
export function createSession(options: SessionOptions): TrainingSession {
  const { network, recipe, seed, trainable, initial } = options
  const variables = new Map<string, Variable>()
  let source: BatchSource | null = null
  let slots: Readonly<Record<string, Variable>> = {}
  let program: Program<ReturnType<typeof entries>>
  try {
    for (const stored of network.arrays) {
      const { shape, values } = initial?.get(stored.name) ?? initialValues(stored, seed)
      variables.set(
        stored.name,
        tf.tidy(() => tf.variable(tf.tensor(values, [...shape]), stored.trained)),
      )
    }
    const names = trainedNames(network, trainable)
    const optimised = network.arrays
      .filter(({ name }) => names.has(name))
      .map(({ name, decays }) => ({ name, decays, variable: required(variables, name, 'variable') }))
    const optimizer = optimizerOf(optimised, recipe)
    const scale = needsLossScale(options.precision ?? 'float32') ? lossScale() : null
    slots = { ...optimizer.slots, ...scale?.slots }
    const average = recipe.weightAverage === null ? null : weightAverage(variables)
    for (const [name, variable] of average?.averages ?? []) slots = { ...slots, [averageName(name)]: variable }
    source = options.data.source()
    program = record({
      variables: { ...Object.fromEntries(variables), ...slots, ...source.variables },
      entries: entries(options, {
        variables,
        source,
        optimizer,
        trained: optimised.map(({ variable }) => variable),
        average,
        scale,
      }),
    })
  } finally {
    // The session holds the values from here on; ours would be a second copy of weights and data.
    tf.dispose([...variables.values(), ...Object.values(slots), ...Object.values(source?.variables ?? {})])
  }
  const shapes = new Map<string, readonly number[]>([
    ...network.arrays.map(({ name, shape }) => [name, shape] as const),
    ...Object.entries(slots).map(([name, { shape }]) => [name, shape] as const),
  ])
  const { weightAverage: decay } = recipe
  // Weights and state are read in one way only, because a session prepares each set of fetches anew (a second or more for a
  // large network), and kept until the next step, because an epoch asks for both.
  let held: ReadonlyMap<string, NamedArray> | null = null
  const state = (): ReadonlyMap<string, NamedArray> =>
    (held ??= new Map(
      [...program.readVariables([...shapes.keys()])].map(([name, values]) => [
        name,
        { name, shape: required(shapes, name, 'shape'), values: values as Float32Array },
      ]),
    ))
  const weightOf = (name: string): NamedArray => ({
    ...required(state(), decay === null ? name : averageName(name), 'weight'),
    name,
  })

  const write = (arrays: readonly NamedArray[]): void => {
    for (const { name, values } of arrays) {
      const shape = shapes.get(name)
      if (!shape || shape.reduce((size, length) => size * length, 1) !== values.length)
        throw new RangeError(`The session has no array ${name} of ${values.length} values`)
    }
    held = null
    program.writeVariables(new Map(arrays.map(({ name, values }) => [name, values])))
  }

  return {
    step(batch, learningRate, stepSeed, number) {
      const rate = decay === null ? 0 : averageRate(decay, number)
      const feeds = { ...batch, learningRate, averageRate: rate, seed: stepSeed }
      held = null
      const { loss, accuracy } = program.run('train', feeds)
      return { loss: loss[0]!, accuracy: accuracy[0]! }
    },
    evaluate(batch, weights) {
      const { loss, correct } = program.run('evaluate', { ...batch, weights })
      return { loss: loss[0]!, correct: correct[0]! }
    },
    readWeights: () => network.arrays.map(({ name }) => weightOf(name)),
    readState: () => [...state().values()],
    writeState: write,
    dispose: () => program.dispose(),
  }
}
