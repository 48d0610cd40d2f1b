// Batch normalisation: values, gradients and running statistics against float64.
import { describe, expect, it } from 'vitest'
import { scoped, tf, type Tensor1D } from '../backend'
import { channel64, mean64, variance64 } from '../testing/float64'
import { expectRightGradients } from '../testing/gradient-check'
import { batchNormInference, batchNormTraining } from './batch-norm'

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
