// What lies between gradients and weights: clipping and the moving average, on numbers worked out by hand.
import { describe, expect, it } from 'vitest'
import { scoped, tf, type Scalar } from './backend'
import { clipByGlobalNorm, globalNorm } from './gradient-clip'
import { averageRate, weightAverage } from './weight-average'

describe('clipping by the global norm', () => {
  const gradients = () => ({ a: tf.tensor1d([3, 0]), b: tf.tensor2d([[4], [12]]) })
  const flat = (clipped: ReturnType<typeof clipByGlobalNorm>) =>
    Object.values(clipped).flatMap((g) => [...g.dataSync()])
  it('measures everything together', () =>
    scoped(() => expect(globalNorm(Object.values(gradients())).dataSync()[0]).toBeCloseTo(13, 5)))
  it('shortens all by one factor where the norm is above the limit', () =>
    scoped(() => {
      const clipped = flat(clipByGlobalNorm(gradients(), 6.5))
      ;[1.5, 0, 2, 6].forEach((value, i) => expect(clipped[i]).toBeCloseTo(value, 5))
    }))
  it('leaves shorter ones as they are, and zeros zero', () =>
    scoped(() => {
      expect(flat(clipByGlobalNorm(gradients(), 14))).toEqual([3, 0, 4, 12])
      expect(flat(clipByGlobalNorm({ a: tf.zeros([2]) }, 1))).toEqual([0, 0])
    }))
})

describe('the moving average of weights', () => {
  it('starts at the weights and follows them by the rate', () =>
    scoped(() => {
      const weight = tf.variable(tf.tensor1d([1, -2]))
      const { averages, update } = weightAverage(new Map([['w', weight]]))
      const average = averages.get('w')!
      expect([...average.dataSync()]).toEqual([1, -2])
      weight.assign(tf.tensor1d([3, 2]))
      update(tf.scalar(0.25) as Scalar)
      expect([...average.dataSync()]).toEqual([1.5, -1])
      update(tf.scalar(1) as Scalar)
      expect([...average.dataSync()]).toEqual([3, 2])
      tf.dispose([weight, average])
    }))
  it('forgets its beginning quickly, then keeps to the decay', () => {
    expect(averageRate(0.99, 0)).toBeCloseTo(0.9)
    expect(averageRate(0.99, 10)).toBeCloseTo(1 - 11 / 20)
    expect(averageRate(0.99, 100_000)).toBeCloseTo(0.01)
  })
})
