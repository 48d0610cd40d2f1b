// Every option of a recipe that acts between loss and weights, in a real recorded session, against the published formulas in
// float64 (testing/reference-training.ts); and the same pieces recorded against eager.
import { createRandom } from '@shared/random'
import { recipeSchema, type Recipe } from '@shared/search/recipe'
import { describe, expect, it } from 'vitest'
import { buildNetwork } from '../networks/network'
import { tf, type Scalar, type Tensor1D, type Tensor2D, type Variable } from '../tensorflow/backend'
import { clipByGlobalNorm } from '../tensorflow/gradient-clip'
import { softmaxCrossEntropy } from '../tensorflow/kernels/cross-entropy'
import { biasAdd, matMul, mean } from '../tensorflow/kernels/dense'
import { adam, sgd } from '../tensorflow/optimizers'
import { entry } from '../tensorflow/recorder/program'
import { record } from '../tensorflow/recorder/record'
import { weightAverage } from '../tensorflow/weight-average'
import { residentData } from '../data/resident-data'
import { learningRateAt } from './schedule'
import { createSession } from './session'
import { train64, type Model64 } from './testing/reference-training'
import { chain } from './testing/tiny-job'

const [INPUTS, CLASSES, BATCH, IMAGES, STEPS] = [4, 3, 4, 24, 20]
const plain = { schedule: 'constant', momentum: 0, nesterov: false, weightDecay: 0, learningRate: 0.2 } as const
const adamw = { ...plain, optimizer: 'adamw', learningRate: 0.02 } as const

const CASES: Readonly<Record<string, Partial<Recipe>>> = {
  'plain SGD': plain,
  momentum: { ...plain, momentum: 0.9 },
  Nesterov: { ...plain, momentum: 0.9, nesterov: true },
  'SGD with weight decay on the kernel alone': { ...plain, momentum: 0.9, weightDecay: 0.05 },
  Adam: adamw,
  'AdamW with weight decay on the kernel alone': { ...adamw, weightDecay: 0.5 },
  'label smoothing': { ...plain, labelSmoothing: 0.2 },
  'a clip that bites': { ...plain, gradientClip: 0.05 },
  'a clip that does not': { ...plain, gradientClip: 50 },
  'averaged weights': { ...plain, weightAverage: 0.6 },
  cosine: { ...plain, schedule: 'cosine', warmUp: 0.2 },
  milestones: { ...plain, schedule: 'step', warmUp: 0.1, milestones: [0.5, 0.75], stepFactor: 0.3 },
  'linear warm-up': { ...plain, schedule: 'linear-warm-up', warmUp: 0.5 },
  everything: {
    optimizer: 'adamw',
    learningRate: 0.02,
    weightDecay: 0.3,
    gradientClip: 0.2,
    labelSmoothing: 0.1,
    weightAverage: 0.9,
    schedule: 'cosine',
    warmUp: 0.2,
  },
}

function setUp(change: Partial<Recipe>) {
  const recipe = recipeSchema.parse({ cropPadding: 0, flip: false, ...change })
  const random = createRandom(11)
  const rows = {
    count: IMAGES,
    shape: [2, 2, 1] as [number, number, number],
    classes: CLASSES,
    images: Uint8Array.from({ length: IMAGES * INPUTS }, () => random.integer(256)),
    labels: Uint8Array.from({ length: IMAGES }, () => random.integer(CLASSES)),
  }
  const network = buildNetwork(
    chain(
      [2, 2, 1],
      [
        { kind: 'flatten', parameters: {} },
        { kind: 'dense', parameters: { features: CLASSES } },
      ],
    ),
  )
  const session = createSession({
    network,
    recipe,
    batchSize: BATCH,
    evaluationBatch: BATCH,
    data: residentData(rows),
    normalisation: { mean: [0.5], deviation: [0.25] },
    seed: 3,
    trainable: null,
  })
  const picks = Array.from({ length: STEPS }, () => Int32Array.from({ length: BATCH }, () => random.integer(IMAGES)))
  const batches = picks.map((indices) => ({
    rows: [...indices].map((i) =>
      Array.from(rows.images.subarray(i * INPUTS, (i + 1) * INPUTS), (pixel) => (pixel / 255 - 0.5) / 0.25),
    ),
    labels: [...indices].map((i) => rows.labels[i]!),
  }))
  return { recipe, session, picks, batches }
}

function modelOf(arrays: readonly { readonly name: string; readonly values: Float32Array }[]): Model64 {
  const values = (role: string): number[] => [...arrays.find(({ name }) => name === `n1/${role}`)!.values]
  const kernel = values('kernel')
  return {
    kernel: Array.from({ length: INPUTS }, (_, i) => kernel.slice(i * CLASSES, (i + 1) * CLASSES)),
    bias: values('bias'),
  }
}

/** The rates by their definitions, for the few schedules above. */
function ratesOf({ schedule, learningRate, warmUp, milestones, stepFactor }: Recipe): number[] {
  return Array.from({ length: STEPS }, (_, step) => {
    const rising = schedule === 'constant' ? 0 : warmUp * STEPS
    if (step < rising) return (learningRate * (step + 1)) / rising
    if (schedule === 'cosine')
      return (learningRate * (1 + Math.cos((Math.PI * (step - rising)) / (STEPS - rising)))) / 2
    if (schedule === 'step') return learningRate * stepFactor ** milestones.filter((m) => step >= m * STEPS).length
    return learningRate
  })
}

/** Roundings of float32 over twenty steps of a small model. */
const BOUND = 2e-5

describe.each(Object.entries(CASES))('%s', (_, change) => {
  it('trains as its formulas say', () => {
    const { recipe, session, picks, batches } = setUp(change)
    const start = modelOf(session.readWeights())
    const rates = ratesOf(recipe)
    const expected = train64(start, recipe, rates, batches)
    picks.forEach((indices, step) => {
      const rate = learningRateAt(recipe, step, STEPS)
      expect(rate).toBeCloseTo(rates[step]!, 12)
      const { loss } = session.step({ indices }, rate, Int32Array.of(step, 1), step)
      expect(Math.abs(loss - expected.losses[step]!)).toBeLessThan(BOUND)
    })
    const close = (found: Model64, wanted: Model64): void => {
      const numbers = ({ kernel, bias }: Model64) => [...kernel.flat(), ...bias]
      numbers(found).forEach((value, i) => expect(Math.abs(value - numbers(wanted)[i]!)).toBeLessThan(BOUND))
    }
    close(modelOf(session.readState()), expected.model)
    close(modelOf(session.readWeights()), recipe.weightAverage === null ? expected.model : expected.average)
    // It did move, and by more than the bound could hide.
    expect(Math.abs(start.bias[0]! - expected.model.bias[0]!)).toBeGreaterThan(100 * BOUND)
    session.dispose()
  })
})

describe('what decays', () => {
  it('are kernels, never biases, scales or shifts', () => {
    const { arrays } = buildNetwork(
      chain(
        [4, 4, 3],
        [
          { kind: 'conv2d', parameters: { channels: 4, bias: true } },
          { kind: 'batch-norm', parameters: {} },
          { kind: 'depthwise-conv2d', parameters: { bias: true } },
          { kind: 'flatten', parameters: {} },
          { kind: 'dense', parameters: { features: 2 } },
        ],
      ),
    )
    const decayed = arrays.filter(({ decays }) => decays).map(({ name }) => name)
    expect(decayed).toEqual(['n0/kernel', 'n2/kernel', 'n4/kernel'])
    expect(arrays.length).toBeGreaterThan(8)
  })
})

describe.each(['sgd', 'adamw'] as const)('twenty recorded steps of %s with all of it', (kind) => {
  it('equal eager ones to the last bit', () => {
    const random = createRandom(4)
    const variable = (shape: [number] | [number, number]): Variable => {
      const size = shape.reduce((a, b) => a * b, 1)
      const values = Float32Array.from({ length: size }, () => random.next() - 0.5)
      return tf.tidy(() => tf.variable(tf.tensor(values, shape)))
    }
    const weights = { kernel: variable([INPUTS, CLASSES]), bias: variable([CLASSES]) }
    const parameters = Object.entries(weights).map(([name, each]) => ({
      name,
      variable: each,
      decays: name === 'kernel',
    }))
    const optimizer =
      kind === 'sgd'
        ? sgd(parameters, { momentum: 0.9, nesterov: true, weightDecay: 0.01 })
        : adam(parameters, { weightDecay: 0.01 })
    const average = weightAverage(new Map(Object.entries(weights)))
    const averages = Object.fromEntries([...average.averages].map(([name, each]) => [`${name}/average`, each]))
    const variables: Record<string, Variable> = { ...weights, ...optimizer.slots, ...averages }
    const program = record({
      variables,
      entries: {
        step: entry(
          {
            x: { shape: [BATCH, INPUTS], dtype: 'float32' },
            labels: { shape: [BATCH], dtype: 'int32' },
            rate: { shape: [], dtype: 'float32' },
          } as const,
          ({ x, labels, rate }) => {
            const { value, grads } = tf.variableGrads(() => {
              const product = matMul(x as Tensor2D, weights.kernel as unknown as Tensor2D)
              return mean(softmaxCrossEntropy(biasAdd(product, weights.bias), labels as Tensor1D, 0.1))
            }, Object.values(weights))
            optimizer.apply(clipByGlobalNorm(grads, 0.3), rate as Scalar)
            average.update(tf.mul(rate, 0.5) as Scalar)
            return { loss: value }
          },
        ),
      },
    })
    for (let step = 0; step < STEPS; step++) {
      const feeds = {
        x: Float32Array.from({ length: BATCH * INPUTS }, () => random.next() * 2 - 1),
        labels: Int32Array.from({ length: BATCH }, () => random.integer(CLASSES)),
        rate: 0.05 + step / 100,
      }
      expect(program.run('step', feeds)).toEqual(program.runEagerly('step', feeds))
    }
    const recorded = program.readVariables()
    for (const [name, each] of Object.entries(variables))
      expect([name, recorded.get(name)]).toEqual([name, each.dataSync()])
    program.dispose()
    tf.dispose(Object.values(variables))
  })
})
