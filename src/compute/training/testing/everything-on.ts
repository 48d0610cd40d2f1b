// A session with every option of a recipe at once on a network with parallel branches: where an order that nobody wrote down would
// show. Used in this process (order of the graph) and in child processes (everything-on-process.ts).
import { createHash } from 'node:crypto'
import type { LayerGraph, LayerNode, ParameterValues } from '@shared/architecture/layer'
import { createRandom } from '@shared/random'
import { recipeSchema, type Precision, type Recipe } from '@shared/search/recipe'
import { buildNetwork } from '../../networks/network'
import { stepSeed } from '../order'
import { residentData } from '../../data/resident-data'
import { learningRateAt } from '../schedule'
import { createSession, type TrainingSession } from '../session'

const [IMAGES, BATCH, SIZE, CLASSES, SEED] = [96, 16, 12, 5, 4]

export const OPTIMIZERS = ['sgd', 'adamw'] as const

export const everythingOn = (optimizer: Recipe['optimizer']): Recipe =>
  recipeSchema.parse({
    optimizer,
    batchSize: BATCH,
    learningRate: optimizer === 'sgd' ? 0.05 : 0.002,
    weightDecay: 1e-2,
    gradientClip: 0.5,
    weightAverage: 0.95,
    labelSmoothing: 0.1,
    cropPadding: 2,
    cutout: 3,
    brightness: 0.2,
    contrast: 0.2,
    saturation: 0.2,
    mixup: 0.4,
    cutmix: 1,
    randAugmentOperations: 2,
  })

const node = (id: string, kind: string, parameters: ParameterValues, ...inputs: string[]): LayerNode => ({
  id,
  kind,
  parameters,
  inputs,
})

/** A convolution or the like, normalised: weights, statistics and a bias whose gradient is nothing but roundings. */
const normalised = (id: string, kind: string, parameters: ParameterValues, input: string): LayerNode[] => [
  node(`${id}-window`, kind, parameters, input),
  node(`${id}-norm`, 'batch-norm', {}, `${id}-window`),
  node(id, 'relu', {}, `${id}-norm`),
]

/** Three branches side by side, one of them by chance, over a stem. */
const GRAPH: LayerGraph = {
  input: [SIZE, SIZE, 3],
  nodes: [
    ...normalised('stem', 'conv2d', { channels: 16, kernel: [3, 3], bias: true }, 'input'),
    ...normalised('wide', 'conv2d', { channels: 16, kernel: [3, 3] }, 'stem'),
    ...normalised('narrow', 'conv2d', { channels: 16, kernel: [1, 1], bias: true }, 'stem'),
    ...normalised('depthwise', 'depthwise-conv2d', { kernel: [3, 3] }, 'stem'),
    node('by-chance', 'stochastic-depth', { rate: 0.3 }, 'depthwise'),
    node('sum', 'add', {}, 'wide', 'narrow', 'by-chance', 'stem'),
    node('smaller', 'max-pool', { kernel: [2, 2], stride: [2, 2] }, 'sum'),
    ...normalised('last', 'conv2d', { channels: 24, kernel: [3, 3], stride: [2, 2] }, 'smaller'),
    node('mean', 'global-average-pool', {}, 'last'),
    node('flat', 'flatten', {}, 'mean'),
    node('dropped', 'dropout', { rate: 0.2 }, 'flat'),
    node('scores', 'dense', { features: CLASSES }, 'dropped'),
  ],
  output: 'scores',
}

/** Dispose it when done. */
export function sessionWithEverythingOn(optimizer: Recipe['optimizer'], precision: Precision): TrainingSession {
  const random = createRandom(9)
  return createSession({
    network: buildNetwork(GRAPH),
    recipe: everythingOn(optimizer),
    precision,
    batchSize: BATCH,
    evaluationBatch: BATCH,
    data: residentData({
      count: IMAGES,
      shape: [SIZE, SIZE, 3],
      classes: CLASSES,
      images: Uint8Array.from({ length: IMAGES * SIZE * SIZE * 3 }, () => random.integer(256)),
      labels: Uint8Array.from({ length: IMAGES }, () => random.integer(CLASSES)),
    }),
    normalisation: { mean: [0.5, 0.5, 0.5], deviation: [0.25, 0.25, 0.25] },
    seed: SEED,
    trainable: null,
  })
}

export interface Trained {
  readonly losses: number[]
  /** SHA-256 of every array of the state by name. */
  readonly state: Readonly<Record<string, string>>
}

/** Trains from the start for so many steps. */
export function trainEverything(optimizer: Recipe['optimizer'], precision: Precision, steps: number): Trained {
  const session = sessionWithEverythingOn(optimizer, precision)
  try {
    const random = createRandom(12)
    const losses = Array.from({ length: steps }, (_, step) => {
      const indices = Int32Array.from({ length: BATCH }, () => random.integer(IMAGES))
      const rate = learningRateAt(everythingOn(optimizer), step, steps)
      return session.step({ indices }, rate, stepSeed(SEED, 1, step), step).loss
    })
    const hash = (values: Float32Array): string =>
      createHash('sha256')
        .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
        .digest('hex')
    const state = Object.fromEntries(session.readState().map(({ name, values }) => [name, hash(values)]))
    return { losses, state }
  } finally {
    session.dispose()
  }
}
