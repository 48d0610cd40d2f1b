// RandAugment's operations against Pillow's own results (tests/fixtures/rand-augment-pillow.py), and its draws.
import { describe, expect, it } from 'vitest'
import { createRandom } from '@shared/random'
import pillow from '../../../../tests/fixtures/rand-augment-pillow.json'
import { scoped, tf, type Tensor4D } from '../backend'
import { equalize } from './equalize'
import { RAND_AUGMENT_OPERATIONS, randAugment, type RandAugmentOperation } from './rand-augment'

const { side: SIDE, magnitude } = pillow
const bytes = (text: string): number[] => [...Buffer.from(text, 'base64')]
const seedOf = (number: number) => tf.tensor1d([number, 9], 'int32')
const rowsOf = (tensor: Tensor4D): number[][] => {
  const flat = [...tensor.dataSync()]
  const length = flat.length / tensor.shape[0]
  return Array.from({ length: tensor.shape[0] }, (_, i) => flat.slice(i * length, (i + 1) * length))
}
/** The fixture's image many times: both directions of an operation are drawn. */
const copies = (count: number): Tensor4D =>
  tf.tensor4d(Array.from({ length: count }, () => bytes(pillow.image)).flat(), [count, SIDE, SIDE, 3])

/**
 * Pillow keeps whole levels after each step: it drops a fraction from the result (1) and rounds the mean, the grey or the
 * smoothed image before a factor of at most 1.51 - 1 (0.26 to 0.45). What moves pixels or picks levels is exact.
 */
const TOLERANCE: Partial<Record<RandAugmentOperation, number>> = {
  brightness: 1,
  colour: 1.5,
  contrast: 1.5,
  sharpness: 1.5,
  'auto-contrast': 1,
}
/** Of float32 near 255, a few times. */
const ROUNDING = 1e-4

describe('RandAugment', () => {
  it('has the fourteen operations of the paper', () => {
    expect([...RAND_AUGMENT_OPERATIONS].sort()).toEqual(Object.keys(pillow.results).sort())
    expect(RAND_AUGMENT_OPERATIONS).toHaveLength(14)
  })

  it.each(RAND_AUGMENT_OPERATIONS)('%s is what Pillow makes of it, in both directions', (operation) => {
    scoped(() => {
      const wanted = pillow.results[operation].map(bytes)
      const after = rowsOf(randAugment(copies(16), { operations: 1, magnitude, from: [operation] }, seedOf(6)))
      const distance = (row: readonly number[], other: readonly number[]) =>
        Math.max(...row.map((value, i) => Math.abs(value - other[i]!)))
      const nearest = after.map((row) => {
        const distances = wanted.map((other) => distance(row, other))
        return { which: distances.indexOf(Math.min(...distances)), distance: Math.min(...distances) }
      })
      expect(Math.max(...nearest.map((entry) => entry.distance))).toBeLessThanOrEqual(
        (TOLERANCE[operation] ?? 0) + ROUNDING,
      )
      const directions = pillow.results[operation].length
      expect(new Set(nearest.map(({ which }) => which)).size).toBe(directions)
    })
  })

  it('draws an operation for each image, twice for two rounds', () =>
    scoped(() => {
      const x = copies(256)
      const before = rowsOf(x)
      const unchanged = (operations: number) => {
        const after = rowsOf(randAugment(x, { operations, magnitude: 20 }, seedOf(8)))
        return after.filter((row, i) => row.every((value, j) => value === before[i]![j])).length
      }
      // Identity is one of fourteen: 18 of 256 are expected, with a standard deviation of 4.
      expect(unchanged(1)).toBeGreaterThan(2)
      expect(unchanged(1)).toBeLessThan(38)
      expect(unchanged(2)).toBeLessThan(unchanged(1))
    }))

  it('leaves a flat image flat and an image below three pixels whole', () =>
    scoped(() => {
      const flat = tf.fill([32, 4, 4, 3], 7) as Tensor4D
      for (const operation of ['auto-contrast', 'equalize', 'sharpness'] as const) {
        const after = randAugment(flat, { operations: 1, magnitude, from: [operation] }, seedOf(2))
        expect(Math.max(...rowsOf(after).flatMap((row) => row.map((value) => Math.abs(value - 7))))).toBeLessThan(1e-4)
      }
      const small = tf.fill([4, 2, 2, 3], 9) as Tensor4D
      const sharp = randAugment(small, { operations: 1, magnitude, from: ['sharpness'] }, seedOf(2))
      expect(Math.max(...rowsOf(sharp).flat())).toBeCloseTo(9, 4)
    }))
})

describe('equalize', () => {
  /** ImageOps.equalize written out for one channel. */
  const reference = (levels: readonly number[]): number[] => {
    const histogram = Array.from({ length: 256 }, (_, level) => levels.filter((value) => value === level).length)
    const last = histogram.filter((count) => count > 0).pop() ?? 0
    const step = Math.floor((levels.length - last) / 255)
    if (step === 0) return [...levels]
    const darker = (level: number) => levels.filter((value) => value < level).length
    return levels.map((level) => Math.min(255, Math.floor((Math.floor(step / 2) + darker(level)) / step)))
  }

  it.each([16, 32, 57])('is exact on random images of %i pixels a side', (side) =>
    scoped(() => {
      const random = createRandom(side)
      const channels = 2
      // Few levels and many, so that steps of 0, of 1 and of more occur.
      const images = Array.from({ length: 4 }, (_, image) =>
        Array.from({ length: side * side * channels }, () => 40 + random.integer(10 + 60 * image)),
      )
      const after = rowsOf(equalize(tf.tensor4d(images.flat(), [4, side, side, channels])))
      images.forEach((image, i) => {
        for (let channel = 0; channel < channels; channel++) {
          const plane = (row: readonly number[]) => row.filter((_, j) => j % channels === channel)
          expect(plane(after[i]!)).toEqual(reference(plane(image)))
        }
      })
    }),
  )
})
