// Random kernels: what a seed fixes, how often they drop, and what they leave of a value.
import { describe, expect, it } from 'vitest'
import { scoped, tf, type Tensor } from '../backend'
import { mean64 } from '../testing/float64'
import { dropout, randomInteger, randomUniform, stochasticDepth, streamOfWork } from './random'

describe('random kernels', () => {
  const seed = () => tf.tensor1d([7, 8], 'int32')
  const values = (x: Tensor) => [...x.dataSync()]
  it('repeat for a seed and differ between streams', () => {
    scoped(() => {
      const first = values(randomUniform([100], seed()))
      expect(values(randomUniform([100], seed()))).toEqual(first)
      expect(values(randomUniform([100], streamOfWork(seed(), 1)))).not.toEqual(first)
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
