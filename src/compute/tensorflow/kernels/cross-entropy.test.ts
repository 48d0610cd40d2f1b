// Cross-entropy against float64: class numbers with and without smoothing, and distributions.
import { describe, it } from 'vitest'
import { tf, type Tensor2D } from '../backend'
import { softmax64 } from '../testing/float64'
import { expectRightGradients } from '../testing/gradient-check'
import { distributionCrossEntropy, softmaxCrossEntropy } from './cross-entropy'

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
