// Products, biases and means: values and gradients against float64.
import { describe, it } from 'vitest'
import { type Tensor2D } from '../backend'
import { mean64 } from '../testing/float64'
import { expectRightGradients } from '../testing/gradient-check'
import { batchMatMul, biasAdd, matMul, mean } from './dense'

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
})
