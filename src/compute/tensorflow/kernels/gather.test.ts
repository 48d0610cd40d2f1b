// Look-ups and casts, and the gradient of an embedding.
import { describe, expect, it } from 'vitest'
import { tf, type Tensor2D } from '../backend'
import { expectRightGradients } from '../testing/gradient-check'
import { cast, embedding, gather } from './gather'

describe('gather and cast', () => {
  it('picks per example along an inner axis', () => {
    const x = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3])
    const picked = gather(x, tf.tensor2d([2, 0, 1, 1], [2, 2], 'int32'), 1, 1)
    expect([...picked.dataSync()]).toEqual([3, 1, 5, 5])
  })
  it('casts', () => {
    expect([...cast(tf.tensor1d([1.7, -1.7]), 'int32').dataSync()]).toEqual([1, -1])
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
