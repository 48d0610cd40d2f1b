// The recording against its own definition run eagerly: bitwise over twenty steps; what it refuses; what it leaves behind.
import { afterEach, describe, expect, it } from 'vitest'
import { createRandom } from '@shared/random'
import { AppError } from '@shared/errors'
import {
  nativeBinding,
  tf,
  uint8Tensor,
  type Scalar,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  type Variable,
} from '../backend'
import { relu } from '../kernels/activations'
import { randomCrop, randomFlip } from '../kernels/augment'
import { batchNormInference, batchNormTraining } from '../kernels/batch-norm'
import { conv2d } from '../kernels/conv2d'
import { softmaxCrossEntropy } from '../kernels/cross-entropy'
import { biasAdd, matMul, mean } from '../kernels/dense'
import { cast, gather } from '../kernels/gather'
import { globalAveragePool } from '../kernels/pooling'
import { dropout, streamOfWork, type Seed } from '../kernels/random'
import { adam, sgd, type OptimizedParameter, type Optimizer } from '../optimizers'
import { entry } from './program'
import { record } from './record'

const BATCH = 8
const IMAGES = 40
const WIDTH = 8

function normal(shape: readonly number[], seed: number, scale = 0.3): Variable {
  const random = createRandom(seed)
  const size = shape.reduce((a, b) => a * b, 1)
  return tf.tidy(() =>
    tf.variable(
      tf.tensor(
        Float32Array.from({ length: size }, () => (random.next() - 0.5) * 2 * scale),
        [...shape],
      ),
    ),
  )
}

/** Two convolutions (one 1x1 at stride 2), batch norm, dropout and a dense layer over resident uint8 images. */
function smallNetwork(optimizer: (parameters: readonly OptimizedParameter[]) => Optimizer) {
  const random = createRandom(5)
  const bytes = (length: number, bound: number) => Uint8Array.from({ length }, () => random.integer(bound))
  const resident = (values: Uint8Array, shape: number[]): Variable =>
    tf.tidy(() => tf.variable(uint8Tensor(values, shape), false))
  const images = resident(bytes(IMAGES * 8 * 8 * 3, 256), [IMAGES, 8, 8, 3])
  const labels = resident(bytes(IMAGES, 4), [IMAGES])
  const weights = {
    first: normal([3, 3, 3, WIDTH], 1),
    second: normal([1, 1, WIDTH, WIDTH], 2),
    dense: normal([WIDTH, 4], 3),
  }
  const ones = (): Variable => tf.tidy(() => tf.variable(tf.ones([WIDTH])))
  const zeros = (length: number): Variable => tf.tidy(() => tf.variable(tf.zeros([length])))
  const norm = { gamma: ones(), beta: zeros(WIDTH), runningMean: zeros(WIDTH), runningVariance: ones() }
  const bias = zeros(4)
  const trained = { ...weights, gamma: norm.gamma, beta: norm.beta, bias }
  const parameters = Object.entries(trained).map(([name, variable]) => ({ name, variable, decays: name in weights }))
  const { slots, apply } = optimizer(parameters)

  const forward = (indices: Tensor1D, seed: Seed | null) => {
    const raw = cast(gather(images, indices), 'float32') as Tensor4D
    let x = tf.div(tf.sub(raw, 127), 64) as Tensor4D
    if (seed !== null) x = randomFlip(randomCrop(x, 2, seed), seed)
    x = conv2d(x, weights.first as Tensor4D, { strides: [1, 1], padding: 'same' })
    const parameters = norm as unknown as Parameters<typeof batchNormTraining>[1]
    if (seed === null) x = batchNormInference(x, parameters)
    else {
      const result = batchNormTraining(x, parameters)
      norm.runningMean.assign(result.newMean)
      norm.runningVariance.assign(result.newVariance)
      x = result.value
    }
    x = conv2d(relu(x), weights.second as Tensor4D, { strides: [2, 2], padding: 'same' })
    let features = globalAveragePool(x) as Tensor2D
    if (seed !== null) features = dropout(features, 0.25, streamOfWork(seed, 9))
    return biasAdd(matMul(features, weights.dense as unknown as Tensor2D), bias)
  }
  const targets = (indices: Tensor1D) => cast(gather(labels, indices), 'int32') as Tensor1D
  const indices = { shape: [BATCH], dtype: 'int32' } as const
  return {
    variables: { images, labels, ...trained, mean: norm.runningMean, variance: norm.runningVariance, ...slots },
    entries: {
      train: entry(
        { indices, rate: { shape: [], dtype: 'float32' }, seed: { shape: [2], dtype: 'int32' } },
        ({ indices, rate, seed }) => {
          const logits = () => forward(indices as Tensor1D, seed as Seed)
          const { value, grads } = tf.variableGrads(
            () => mean(softmaxCrossEntropy(logits(), targets(indices as Tensor1D), 0.1)),
            Object.values(trained),
          )
          apply(grads, rate as Scalar)
          return { loss: value }
        },
      ),
      evaluate: entry({ indices }, ({ indices }) => {
        const logits = forward(indices as Tensor1D, null)
        return { losses: softmaxCrossEntropy(logits, targets(indices as Tensor1D)), classes: tf.argMax(logits, 1) }
      }),
    },
  }
}

const feedsOf = (step: number) => ({
  indices: Int32Array.from({ length: BATCH }, (_, i) => (step * BATCH + i * 3) % IMAGES),
  rate: 0.1 / (1 + step),
  seed: Int32Array.of(11, step),
})

const bits = (values: ArrayLike<number> & { buffer: ArrayBufferLike }) => Buffer.from(values.buffer).toString('hex')

const disposeAll = ({ variables }: { variables: Record<string, Variable> }) =>
  Object.values(variables).forEach((v) => v.dispose())

describe.each([
  [
    'SGD with Nesterov momentum',
    (p: readonly OptimizedParameter[]) => sgd(p, { momentum: 0.9, nesterov: true, weightDecay: 1e-3 }),
  ],
  [
    'SGD with plain momentum',
    (p: readonly OptimizedParameter[]) => sgd(p, { momentum: 0.9, nesterov: false, weightDecay: 0 }),
  ],
  ['AdamW', (p: readonly OptimizedParameter[]) => adam(p, { weightDecay: 0.01 })],
])('a recorded step with %s', (_, optimizer) => {
  it('equals its eager run bit for bit over 20 steps, variables included', () => {
    const definition = smallNetwork(optimizer)
    const program = record(definition)
    const losses: string[][] = []
    for (let step = 0; step < 20; step++) {
      const recorded = program.run('train', feedsOf(step)).loss
      const eager = program.runEagerly('train', feedsOf(step)).loss
      losses.push([bits(recorded), bits(eager)])
    }
    expect(losses.map(([recorded]) => recorded)).toEqual(losses.map(([, eager]) => eager))
    expect(new Set(losses.map(([recorded]) => recorded)).size).toBe(20)
    for (const [name, values] of program.readVariables()) {
      if (name === 'images' || name === 'labels') continue
      expect([name, bits(values)]).toEqual([name, bits(definition.variables[name as 'bias'].dataSync())])
    }
    program.dispose()
    disposeAll(definition)
  })
})

describe('a recorded program', () => {
  const definitions: ReturnType<typeof smallNetwork>[] = []
  const make = () => {
    const definition = smallNetwork((p) => sgd(p, { momentum: 0.9, nesterov: true, weightDecay: 1e-3 }))
    definitions.push(definition)
    return definition
  }
  afterEach(() => definitions.splice(0).forEach(disposeAll))

  it('evaluates with the weights that training left', () => {
    const program = record(make())
    for (let step = 0; step < 5; step++) {
      program.run('train', feedsOf(step))
      program.runEagerly('train', feedsOf(step))
    }
    const { indices } = feedsOf(3)
    const recorded = program.run('evaluate', { indices })
    const eager = program.runEagerly('evaluate', { indices })
    expect(recorded.classes).toEqual(eager.classes)
    // The session may fuse a convolution with its normalisation, so the last bits may differ.
    recorded.losses.forEach((loss, i) => expect(loss).toBeCloseTo(eager.losses[i]!, 5))
    program.dispose()
  })

  it('leaves the variables it was recorded from as they were', () => {
    const definition = make()
    const before = bits(definition.variables.first.dataSync())
    const program = record(definition)
    program.run('train', feedsOf(0))
    expect(bits(definition.variables.first.dataSync())).toBe(before)
    expect(bits(program.readVariables(['first']).get('first')!)).not.toBe(before)
    program.dispose()
  })

  it('goes on from written values exactly as from its own', () => {
    const program = record(make())
    for (let step = 0; step < 3; step++) program.run('train', feedsOf(step))
    const saved = program.readVariables()
    const undisturbed = [3, 4, 5].map((step) => bits(program.run('train', feedsOf(step)).loss))
    const second = record(make())
    second.writeVariables(saved)
    expect([3, 4, 5].map((step) => bits(second.run('train', feedsOf(step)).loss))).toEqual(undisturbed)
    program.dispose()
    second.dispose()
  })

  it('does not share memory with written arrays', () => {
    const program = record(make())
    const values = new Float32Array(4).fill(2)
    program.writeVariables(new Map([['bias', values]]))
    values.fill(7)
    expect([...program.readVariables(['bias']).get('bias')!]).toEqual([2, 2, 2, 2])
    program.dispose()
  })

  it('reads uint8 variables back', () => {
    const program = record(make())
    const labels = program.readVariables(['labels']).get('labels')!
    expect(labels).toBeInstanceOf(Uint8Array)
    expect(Math.max(...labels)).toBe(3)
    program.dispose()
  })

  it('draws anew for another seed and the same for the same', () => {
    const program = record(make())
    const saved = program.readVariables()
    const lossWith = (second: number) => {
      program.writeVariables(saved)
      return bits(program.run('train', { ...feedsOf(0), seed: Int32Array.of(1, second) }).loss)
    }
    expect(lossWith(1)).toBe(lossWith(1))
    expect(lossWith(1)).not.toBe(lossWith(2))
    program.dispose()
  })

  it('refuses feeds of the wrong size or type, naming the feed', () => {
    const program = record(make())
    const run = (indices: Int32Array | Float32Array) => () => program.run('evaluate', { indices })
    expect(run(new Int32Array(3))).toThrow(/feed indices of entry evaluate takes a Int32Array of 8 values/)
    expect(run(new Float32Array(8))).toThrow(AppError)
    program.dispose()
    expect(() => program.run('evaluate', { indices: new Int32Array(8) })).toThrow(/closed/)
  })

  it('leaks neither tensors, sessions nor memory over 40 recordings', () => {
    const cycle = () => {
      const definition = smallNetwork((p) => sgd(p, { momentum: 0.9, nesterov: true, weightDecay: 1e-3 }))
      const program = record(definition)
      program.run('train', feedsOf(0))
      program.dispose()
      program.dispose()
      disposeAll(definition)
    }
    for (let i = 0; i < 10; i++) cycle()
    const start = {
      tensors: tf.memory().numTensors,
      native: nativeBinding.getNumOfTensors(),
      rss: process.memoryUsage().rss,
    }
    for (let i = 0; i < 40; i++) cycle()
    expect(tf.memory().numTensors).toBe(start.tensors)
    expect(nativeBinding.getNumOfTensors()).toBe(start.native)
    expect(nativeBinding.getNumOfSavedModels()).toBe(0)
    // Allocator noise; one leaked graph of this size would show as some 40 x 1 MB.
    expect(process.memoryUsage().rss - start.rss).toBeLessThan(30e6)
  })
})

describe('the recorder refuses', () => {
  const scalarEntry = (run: (x: Tensor1D) => Tensor1D | Scalar) => ({
    variables: {},
    entries: { go: entry({ x: { shape: [100], dtype: 'float32' } }, ({ x }) => ({ y: run(x as Tensor1D) })) },
  })

  it('host random numbers', () => {
    expect(() => record(scalarEntry((x) => tf.mul(x, tf.randomUniform([100]))))).toThrow(/random number on the host/)
  })
  it('seeded host tensors', () => {
    expect(() => record(scalarEntry((x) => tf.mul(x, tf.randomUniform([100], 0, 1, 'float32', 3))))).toThrow(
      /\[100\] on the host/,
    )
  })
  it('native random ops with a state', () => {
    expect(() => record(scalarEntry((x) => tf.multinomial(x, 2) as unknown as Tensor1D))).toThrow(AppError)
  })
  it('tensors from outside, naming the op', () => {
    const outside = tf.tensor1d(new Float32Array(100).map((_, i) => i))
    outside.dataSync()
    tf.tidy(() => void tf.square(outside))
    expect(() => record(scalarEntry((x) => tf.mul(x, outside)))).toThrow(
      /Input 1 of Mul in entry go is a tensor made outside/,
    )
    outside.dispose()
  })
  it('reading back', () => {
    expect(() => record(scalarEntry((x) => tf.mul(x, tf.square(x).dataSync()[0]!)))).toThrow(/read a tensor back/)
  })
  it('and is usable afterwards', () => {
    const program = record(scalarEntry((x) => tf.sum(tf.square(x))))
    expect(program.run('go', { x: new Float32Array(100).fill(2) }).y[0]).toBe(400)
    program.dispose()
    expect(Math.random()).toBeLessThan(1)
  })
})
