// Every other differentiable kernel: values and gradients against float64 forwards.
import { describe, expect, it } from 'vitest'
import { createRandom } from '@shared/random'
import { scoped, tf, type Tensor, type Tensor1D, type Tensor2D, type Tensor4D } from '../backend'
import {
  ACTIVATIONS_64,
  channel64,
  map64,
  mean64,
  pool64,
  rows64,
  softmax64,
  variance64,
  type Pooling64,
} from '../testing/float64'
import { expectRightGradients } from '../testing/gradient-check'
import * as activations from './activations'
import { batchNormInference, batchNormTraining } from './batch-norm'
import { distributionCrossEntropy, softmaxCrossEntropy } from './cross-entropy'
import { batchMatMul, biasAdd, matMul, mean } from './dense'
import { cast, embedding, gather } from './gather'
import { layerNorm } from './layer-norm'
import { pad2d, stride2d } from './pad'
import { evenPadding, NO_PADDING, resolvePadding } from './padding'
import { averagePool, globalAveragePool, maxPool } from './pooling'
import { dropout, randomInteger, randomUniform, stochasticDepth, streamOf } from './random'
import { randomCrop, randomFlip } from './augment'

describe('activations', () => {
  it.each(Object.keys(ACTIVATIONS_64))('%s', (name) => {
    const kernel = activations[name as 'relu']
    expectRightGradients({
      shapes: [[3, 5, 4]],
      spread: 8 / 2,
      native: ([x]) => kernel(x!),
      float64: ([x]) => map64(x!, ACTIVATIONS_64[name]!),
    })
  })
  it('relu6 and its kin clip above as well', () => {
    const x = tf.tensor1d([-9, 9])
    expect([...activations.relu6(x).dataSync()]).toEqual([0, 6])
    expect([...activations.hardSigmoid(x).dataSync()].map((y) => y.toFixed(6))).toEqual(['0.000000', '1.000000'])
    expect([...activations.hardSwish(x).dataSync()].map((y) => y.toFixed(5))).toEqual(['0.00000', '9.00000'])
  })
  it('softmax', () => {
    expectRightGradients({
      shapes: [[4, 7]],
      native: ([x]) => activations.softmax(x!),
      float64: ([x]) => rows64(x!, 7, softmax64),
    })
  })
})

describe('batch norm', () => {
  const [channels, epsilon] = [5, 1e-3]
  const shape = [3, 4, 3, channels]
  it.each([
    ['images', shape],
    ['features', [36, channels]],
  ])('trains on %s with the statistics of the batch', (_, shape) => {
    expectRightGradients({
      shapes: [shape, [channels], [channels]],
      native: ([x, gamma, beta]) => {
        const [runningMean, runningVariance] = [tf.zeros([channels]) as Tensor1D, tf.ones([channels]) as Tensor1D]
        const parameters = { gamma: gamma as Tensor1D, beta: beta as Tensor1D, runningMean, runningVariance }
        return batchNormTraining(x!, parameters, { epsilon }).value
      },
      float64: ([x, gamma, beta]) =>
        x!.map((value, i) => {
          const channel = i % channels
          const values = channel64(x!, channels, channel)
          return (
            ((value - mean64(values)) / Math.sqrt(variance64(values) + epsilon)) * gamma![channel]! + beta![channel]!
          )
        }),
    })
  })
  it('moves the running statistics by 1 - momentum towards the batch, the variance unbiased', () => {
    scoped(() => {
      const x = tf.tensor4d([1, 2, 3, 6], [1, 2, 2, 1])
      const [ones, two, four] = [tf.tensor1d([1]), tf.tensor1d([2]), tf.tensor1d([4])]
      const parameters = { gamma: ones, beta: ones, runningMean: two, runningVariance: four }
      const { newMean, newVariance } = batchNormTraining(x, parameters, { momentum: 0.9 })
      expect(newMean.dataSync()[0]).toBeCloseTo(0.9 * 2 + 0.1 * 3, 6)
      // Squared deviations 4 + 1 + 0 + 9 over n - 1 = 3.
      expect(newVariance.dataSync()[0]).toBeCloseTo(0.9 * 4 + (0.1 * 14) / 3, 5)
    })
  })
  it('infers with the running statistics and passes gradients on', () => {
    const [average, variance] = [
      [0.1, -0.2, 0.3, 0, 1],
      [0.5, 1, 2, 0.1, 3],
    ]
    expectRightGradients({
      shapes: [shape, [channels], [channels]],
      native: ([x, gamma, beta]) =>
        batchNormInference(
          x!,
          {
            gamma: gamma as Tensor1D,
            beta: beta as Tensor1D,
            runningMean: tf.tensor1d(average),
            runningVariance: tf.tensor1d(variance),
          },
          { epsilon },
        ),
      float64: ([x, gamma, beta]) =>
        x!.map((value, i) => {
          const c = i % channels
          return ((value - average[c]!) / Math.sqrt(variance[c]! + epsilon)) * gamma![c]! + beta![c]!
        }),
    })
  })
})

describe('pooling', () => {
  type Row = Pooling64 & { readonly ceil?: boolean; readonly same?: boolean }
  const shape = [2, 7, 6, 3] as const
  const table: readonly (readonly [string, Row])[] = [
    ['2x2 stride 2', { shape, kernel: [2, 2], strides: [2, 2], padding: NO_PADDING, output: [3, 3] }],
    ['3x3 stride 1 padded', { shape, kernel: [3, 3], strides: [1, 1], padding: evenPadding(1), output: [7, 6] }],
    ['3x3 stride 2 padded', { shape, kernel: [3, 3], strides: [2, 2], padding: evenPadding(1), output: [4, 3] }],
    ['3x3 stride 2 ceil', { shape, kernel: [3, 3], strides: [2, 2], padding: NO_PADDING, output: [3, 3], ceil: true }],
    [
      '3x3 stride 2 padded, ceil',
      { shape, kernel: [3, 3], strides: [2, 2], padding: evenPadding(1), output: [4, 4], ceil: true },
    ],
    // torch drops the window that would start in the padding behind: 3 rows, not 4.
    [
      '2x2 stride 3 padded, ceil',
      { shape: [1, 6, 6, 2], kernel: [2, 2], strides: [3, 3], padding: evenPadding(1), output: [3, 3], ceil: true },
    ],
    ['2x3 stride 2,1', { shape, kernel: [2, 3], strides: [2, 1], padding: evenPadding([0, 1]), output: [3, 6] }],
    [
      '3x3 stride 2 same',
      {
        shape,
        kernel: [3, 3],
        strides: [2, 2],
        padding: resolvePadding('same', [7, 6], [3, 3], [2, 2]),
        output: [4, 3],
        same: true,
      },
    ],
  ]
  it.each(table)('maximum %s', (_, row) => {
    const { kernel, strides, padding, ceil, same } = row
    expectRightGradients({
      shapes: [row.shape],
      native: ([x]) => maxPool(x as Tensor4D, { kernel, strides, padding: same ? 'same' : padding, ceil }),
      float64: ([x]) => pool64(x!, row, (values) => Math.max(...values)),
    })
  })
  it.each(table)('average %s, padding not counted', (_, row) => {
    const { kernel, strides, padding, ceil, same } = row
    const options = { kernel, strides, padding: same ? ('same' as const) : padding, ceil, countPadding: false }
    expectRightGradients({
      shapes: [row.shape],
      native: ([x]) => averagePool(x as Tensor4D, options),
      float64: ([x]) => pool64(x!, row, mean64),
    })
  })
  it.each(table.filter(([, row]) => !row.same))('average %s, padding counted', (_, row) => {
    const { kernel, strides, padding, ceil } = row
    expectRightGradients({
      shapes: [row.shape],
      native: ([x]) => averagePool(x as Tensor4D, { kernel, strides, padding, ceil, countPadding: true }),
      float64: ([x]) => pool64(x!, row, (values, places) => values.reduce((a, b) => a + b, 0) / places),
    })
  })
  it('over the whole image', () => {
    expectRightGradients({
      shapes: [[2, 3, 5, 4]],
      native: ([x]) => globalAveragePool(x as Tensor4D),
      float64: ([x]) =>
        Float64Array.from({ length: 8 }, (_, i) => {
          const image = x!.subarray(Math.floor(i / 4) * 60, Math.floor(i / 4) * 60 + 60)
          return mean64(channel64(image, 4, i % 4))
        }),
    })
  })
  it('a maximum never takes padding, even of negative images', () => {
    const x = tf.fill([1, 2, 2, 1], -5) as Tensor4D
    const y = maxPool(x, { kernel: [3, 3], strides: [2, 2], padding: evenPadding(1) })
    expect([...y.dataSync()]).toEqual([-5])
  })
})

describe('padding and striding', () => {
  it('pads with a value', () => {
    const padding = { top: 1, bottom: 0, left: 0, right: 2 }
    expectRightGradients({
      shapes: [[1, 2, 2, 2]],
      native: ([x]) => pad2d(x as Tensor4D, padding, 0.5),
      float64: ([x]) => {
        const y = new Float64Array(3 * 4 * 2).fill(0.5)
        for (let i = 0; i < 8; i++) y[(Math.floor(i / 4) + 1) * 8 + (i % 4)] = x![i]!
        return y
      },
    })
  })
  it('takes every n-th row and column', () => {
    expectRightGradients({
      shapes: [[1, 5, 4, 1]],
      native: ([x]) => stride2d(x as Tensor4D, [2, 3]),
      float64: ([x]) => Float64Array.from([0, 3, 8, 11, 16, 19], (i) => x![i]!),
    })
  })
  it('resolves SAME as TensorFlow does: the odd row behind', () => {
    expect(resolvePadding('same', [8, 7], [3, 3], [2, 2])).toEqual({ top: 0, bottom: 1, left: 1, right: 1 })
    expect(resolvePadding('same', [8, 8], [1, 1], [2, 2])).toEqual(NO_PADDING)
  })
})

describe('dense', () => {
  const product = (
    a: Float64Array,
    b: Float64Array,
    [m, n, k]: [number, number, number],
    transposed = false,
  ): number[] =>
    Array.from({ length: m * k }, (_, i) => {
      const [row, column] = [Math.floor(i / k), i % k]
      let sum = 0
      for (let j = 0; j < n; j++) sum += a[row * n + j]! * (transposed ? b[column * n + j]! : b[j * k + column]!)
      return sum
    })
  it('matrix product', () => {
    expectRightGradients({
      shapes: [
        [4, 6],
        [6, 3],
      ],
      native: ([a, b]) => matMul(a as Tensor2D, b as Tensor2D),
      float64: ([a, b]) => Float64Array.from(product(a!, b!, [4, 6, 3])),
    })
  })
  it.each([false, true])('batched matrix product, second transposed: %s', (transposed) => {
    expectRightGradients({
      shapes: [[2, 3, 4, 5], transposed ? [2, 3, 2, 5] : [2, 3, 5, 2]],
      native: ([a, b]) => batchMatMul(a!, b!, transposed),
      float64: ([a, b]) =>
        Float64Array.from(
          Array.from({ length: 6 }, (_, i) =>
            product(a!.subarray(i * 20, i * 20 + 20), b!.subarray(i * 10, i * 10 + 10), [4, 5, 2], transposed),
          ).flat(),
        ),
    })
  })
  it.each([[[4, 3]], [[2, 2, 3]], [[2, 3, 2, 3]]])('bias on %j', (shape) => {
    expectRightGradients({
      shapes: [shape, [3]],
      native: ([x, b]) => biasAdd(x!, b!),
      float64: ([x, b]) => x!.map((value, i) => value + b![i % 3]!),
    })
  })
  it('mean', () => {
    expectRightGradients({
      shapes: [[3, 4]],
      native: ([x]) => mean(x!),
      float64: ([x]) => Float64Array.of(mean64(x!)),
    })
  })
  it('layer norm', () => {
    expectRightGradients({
      shapes: [[2, 3, 8], [8], [8]],
      native: ([x, g, b]) => layerNorm(x!, g as Tensor1D, b as Tensor1D),
      float64: ([x, g, b]) =>
        rows64(x!, 8, (row) => {
          const [centre, scale] = [mean64(row), Math.sqrt(variance64(row) + 1e-5)]
          return row.map((value, i) => ((value - centre) / scale) * g![i]! + b![i]!)
        }),
    })
  })
  it('embedding adds the gradients of a row used twice', () => {
    const picked = [3, 0, 3, 4, 1, 3]
    expectRightGradients({
      shapes: [[5, 4]],
      native: ([table]) => embedding(table as Tensor2D, tf.tensor2d(picked, [2, 3], 'int32')),
      float64: ([table]) => Float64Array.from(picked.flatMap((row) => [...table!.subarray(row * 4, row * 4 + 4)])),
    })
  })
})

describe('cross-entropy', () => {
  const labels = [2, 0, 4, 1]
  it.each([0, 0.1])('with smoothing %f', (smoothing) => {
    expectRightGradients({
      shapes: [[4, 5]],
      spread: 3,
      native: ([logits]) => softmaxCrossEntropy(logits as Tensor2D, tf.tensor1d(labels, 'int32'), smoothing),
      float64: ([logits]) =>
        Float64Array.from(labels, (label, row) => {
          const chances = softmax64(logits!.subarray(row * 5, row * 5 + 5))
          return chances.reduce(
            (sum, p, k) => sum - ((k === label ? 1 - smoothing : 0) + smoothing / 5) * Math.log(p),
            0,
          )
        }),
    })
  })
})

it('cross-entropy against a distribution', () => {
  const targets = [0.2, 0, 0.8, 0, 0, 0.1, 0.1, 0.1, 0.1, 0.6]
  expectRightGradients({
    shapes: [[2, 5]],
    native: ([logits]) => distributionCrossEntropy(logits as Tensor2D, tf.tensor2d(targets, [2, 5])),
    float64: ([logits]) =>
      Float64Array.of(0, 1).map((row) =>
        softmax64(logits!.subarray(row * 5, row * 5 + 5)).reduce(
          (sum, p, k) => sum - targets[row * 5 + k]! * Math.log(p),
          0,
        ),
      ),
  })
})

describe('random kernels', () => {
  const seed = () => tf.tensor1d([7, 8], 'int32')
  const values = (x: Tensor) => [...x.dataSync()]
  it('repeat for a seed and differ between streams', () => {
    scoped(() => {
      const first = values(randomUniform([100], seed()))
      expect(values(randomUniform([100], seed()))).toEqual(first)
      expect(values(randomUniform([100], streamOf(seed(), 1)))).not.toEqual(first)
      expect(Math.min(...first)).toBeGreaterThanOrEqual(0)
      expect(Math.max(...first)).toBeLessThan(1)
    })
  })
  it('integers cover the half-open range', () => {
    expect(scoped(() => new Set(values(randomInteger([500], 2, 6, seed()))))).toEqual(new Set([2, 3, 4, 5]))
  })
  it('dropout keeps the expectation and sends the gradient where the value went', () => {
    scoped(() => {
      const x = tf.ones([10_000])
      const y = values(dropout(x, 0.25, seed()))
      expect(new Set(y.map((value) => value.toFixed(5)))).toEqual(new Set(['0.00000', '1.33333']))
      // Binomial: the standard error of the mean is 0.006.
      expect(Math.abs(mean64(y) - 1)).toBeLessThan(0.03)
      expect(values(tf.grad((t) => dropout(t, 0.25, seed()))(x))).toEqual(y)
    })
  })
  it('stochastic depth drops whole examples', () => {
    scoped(() => {
      const y = values(stochasticDepth(tf.ones([64, 2, 2, 3]), 0.5, seed()))
      const sums = Array.from({ length: 64 }, (_, i) => y.slice(i * 12, i * 12 + 12).reduce((a, b) => a + b, 0))
      expect(new Set(sums)).toEqual(new Set([0, 24]))
    })
  })
  it('refuses a rate outside [0, 1)', () => {
    expect(() => dropout(tf.ones([1]), 1, seed())).toThrow(/\[0, 1\), received 1/)
  })
})

describe('augmentation', () => {
  const [batch, size] = [32, 6]
  const random = createRandom(3)
  const pixels = Float32Array.from({ length: batch * size * size * 2 }, () => 1 + random.next())
  const image = (data: ArrayLike<number>, n: number) =>
    Array.from({ length: size * size * 2 }, (_, i) => data[n * size * size * 2 + i]!)
  it('crops one window of the padded image per example', () => {
    const data = scoped(() =>
      randomCrop(tf.tensor4d(pixels, [batch, size, size, 2]), 2, tf.tensor1d([1, 2], 'int32')).dataSync(),
    )
    const offsets = new Set<string>()
    for (let n = 0; n < batch; n++) {
      const found: string[] = []
      for (let top = -2; top <= 2; top++)
        for (let left = -2; left <= 2; left++) {
          const window = Array.from({ length: size * size * 2 }, (_, i) => {
            const [row, column, channel] = [Math.floor(i / 2 / size) + top, (Math.floor(i / 2) % size) + left, i % 2]
            const isInside = row >= 0 && row < size && column >= 0 && column < size
            return isInside ? image(pixels, n)[(row * size + column) * 2 + channel]! : 0
          })
          if (window.every((value, i) => value === image(data, n)[i])) found.push(`${top},${left}`)
        }
      expect(found).toHaveLength(1)
      offsets.add(found[0]!)
    }
    expect(offsets.size).toBeGreaterThan(10)
  })
  it('mirrors about half of the images, whole', () => {
    const data = scoped(() =>
      randomFlip(tf.tensor4d(pixels, [batch, size, size, 2]), tf.tensor1d([1, 2], 'int32')).dataSync(),
    )
    let mirrored = 0
    for (let n = 0; n < batch; n++) {
      const original = image(pixels, n)
      const flipped = original.map((_, i) => {
        const [row, column, channel] = [Math.floor(i / 2 / size), Math.floor(i / 2) % size, i % 2]
        return original[(row * size + size - 1 - column) * 2 + channel]!
      })
      const isMirrored = image(data, n)[0] === flipped[0]
      expect(image(data, n)).toEqual(isMirrored ? flipped : original)
      if (isMirrored) mirrored += 1
    }
    expect(mirrored).toBeGreaterThan(6)
    expect(mirrored).toBeLessThan(26)
  })
})

describe('gather and cast', () => {
  it('picks per example along an inner axis', () => {
    const x = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3])
    const picked = gather(x, tf.tensor2d([2, 0, 1, 1], [2, 2], 'int32'), 1, 1)
    expect([...picked.dataSync()]).toEqual([3, 1, 5, 5])
  })
  it('casts', () => {
    expect([...cast(tf.tensor1d([1.7, -1.7]), 'int32').dataSync()]).toEqual([1, -1])
  })
})
