// What each augmentation does to known pixels. That a recording of them equals the eager run is data/augmentation.test.ts's.
import { describe, expect, it } from 'vitest'
import { createRandom } from '@shared/random'
import { scoped, tf, type Tensor, type Tensor2D, type Tensor4D } from '../backend'
import { cutout, randomBoxes } from './boxes'
import { colourJitter, greyOf } from './colour'
import { classTargets } from './cross-entropy'
import { mixPairs, type Mixing } from './mix'
import { randomBeta } from './random'

const seedOf = (number: number) => tf.tensor1d([number, 9], 'int32')
const values = (tensor: Tensor): number[] => [...tensor.dataSync()]
const sum = (numbers: readonly number[]): number => numbers.reduce((total, x) => total + x, 0)
const BATCH = 64

/** Whole random pixels; the same every time. */
function pixels(shape: readonly [number, number, number, number]): Tensor4D {
  const random = createRandom(4)
  const size = shape.reduce((product, length) => product * length, 1)
  return tf.tensor4d(
    Float32Array.from({ length: size }, () => random.integer(256)),
    [...shape],
  )
}
const rowsOf = (tensor: Tensor): number[][] => {
  const flat = values(tensor)
  const length = flat.length / tensor.shape[0]!
  return Array.from({ length: tensor.shape[0]! }, (_, i) => flat.slice(i * length, (i + 1) * length))
}

describe('colour jitter', () => {
  const off = { brightness: 0, contrast: 0, saturation: 0 }
  const images = () => tf.fill([BATCH, 2, 2, 3], 100) as Tensor4D
  it('leaves images alone when all is off', () =>
    scoped(() => {
      const x = images()
      expect(colourJitter(x, off, seedOf(1))).toBe(x)
    }))
  it('scales an image by one factor in the range, a different one for each image', () =>
    scoped(() => {
      const rows = rowsOf(colourJitter(images(), { ...off, brightness: 0.4 }, seedOf(1)))
      for (const row of rows) expect(new Set(row).size).toBe(1)
      const factors = rows.map(([first]) => first! / 100)
      expect(Math.min(...factors)).toBeGreaterThanOrEqual(0.6)
      expect(Math.max(...factors)).toBeLessThanOrEqual(1.4)
      expect(Math.max(...factors) - Math.min(...factors)).toBeGreaterThan(0.5)
    }))
  it('clips to what a pixel can be', () =>
    scoped(() => {
      const bright = tf.fill([BATCH, 1, 1, 3], 250) as Tensor4D
      expect(Math.max(...values(colourJitter(bright, { ...off, brightness: 1 }, seedOf(1))))).toBe(255)
    }))
  it('keeps the mean brightness when only contrast changes, and grey when only saturation does', () =>
    scoped(() => {
      const x = tf.add(tf.mul(pixels([8, 4, 4, 3]), 0.1), 110) as Tensor4D
      const mean = (y: Tensor4D) => rowsOf(greyOf(y)).map((row) => sum(row) / row.length)
      const contrasted = colourJitter(x, { ...off, contrast: 0.5 }, seedOf(2))
      mean(contrasted).forEach((value, i) => expect(value).toBeCloseTo(mean(x)[i]!, 2))
      const saturated = colourJitter(x, { ...off, saturation: 0.5 }, seedOf(2))
      values(greyOf(saturated)).forEach((value, i) => expect(value).toBeCloseTo(values(greyOf(x))[i]!, 2))
      for (const changed of [contrasted, saturated]) expect(values(changed)).not.toEqual(values(x))
    }))
})

describe('boxes', () => {
  it('have the size asked for, less what the border cuts off, and lie everywhere', () =>
    scoped(() => {
      const images = tf.zeros([BATCH, 6, 5, 1]) as Tensor4D
      const lengths = { height: tf.fill([BATCH], 3), width: tf.fill([BATCH], 2) }
      const boxes = rowsOf(randomBoxes(images, lengths, seedOf(3), [1, 2]))
      const covered = new Set<number>()
      for (const box of boxes) {
        const inside = box.flatMap((value, i) => (value === 1 ? [i] : []))
        inside.forEach((i) => covered.add(i))
        expect(inside.length + box.filter((value) => value === 0).length).toBe(30)
        const rows = new Set(inside.map((i) => Math.floor(i / 5)))
        const columns = new Set(inside.map((i) => i % 5))
        expect(inside.length).toBe(rows.size * columns.size)
        expect([2, 3]).toContain(rows.size)
        expect([1, 2]).toContain(columns.size)
      }
      expect(covered.size).toBe(30)
    }))
  it(
    'blank the images inside and leave the rest',
    () =>
      scoped(() => {
        const x = tf.add(pixels([BATCH, 6, 6, 2]), 1) as Tensor4D
        const rows = rowsOf(cutout(x, 3, seedOf(4)))
        rows.forEach((row, i) => {
          const blank = row.filter((value) => value === 0).length
          expect(blank).toBeGreaterThan(0)
          expect(blank).toBeLessThanOrEqual(9 * 2)
          row.forEach((value, j) => value !== 0 && expect(value).toBe(rowsOf(x)[i]![j]))
        })
        expect(cutout(x, 0, seedOf(4))).toBe(x)
      }),
    20_000,
  )
})

describe('mixing pairs', () => {
  const classes = 4
  /** Image i holds i everywhere, so that every pixel says whose it is. */
  const numbered = () => tf.mul(tf.ones([BATCH, 8, 8, 1]), tf.reshape(tf.range(0, BATCH), [BATCH, 1, 1, 1])) as Tensor4D
  const targets = () => classTargets(tf.cast(tf.mod(tf.range(0, BATCH), classes), 'int32'), classes)
  const mixed = (mixing: Mixing, seed = 5) => {
    const { images, targets: mixedTargets } = mixPairs(numbered(), targets(), mixing, seedOf(seed))
    return { images: rowsOf(images), targets: rowsOf(mixedTargets) }
  }
  const partnerOf = (i: number) => BATCH - 1 - i
  /** Share of its own class that the target of image i states; its partner is of another class. */
  const ownShare = (row: readonly number[], i: number) => row[i % classes]!

  it('blends whole images by the share that the target states', () =>
    scoped(() => {
      const { images, targets: rows } = mixed({ mixup: 1, cutmix: 0 })
      images.forEach((image, i) => {
        const share = ownShare(rows[i]!, i)
        expect(sum(rows[i]!)).toBeCloseTo(1, 5)
        for (const pixel of image) expect(pixel).toBeCloseTo(share * i + (1 - share) * partnerOf(i), 3)
      })
    }))
  it('pastes a box whose area the target states', () =>
    scoped(() => {
      const { images, targets: rows } = mixed({ mixup: 0, cutmix: 1 })
      images.forEach((image, i) => {
        const own = image.filter((pixel) => pixel === i).length
        expect(own + image.filter((pixel) => pixel === partnerOf(i)).length).toBe(64)
        expect(ownShare(rows[i]!, i)).toBeCloseTo(own / 64, 5)
      })
      expect(rows.some((row, i) => ownShare(row, i) < 0.9)).toBe(true)
    }))
  it('draws one of both for each image', () =>
    scoped(() => {
      const { images } = mixed({ mixup: 1, cutmix: 1 })
      const pasted = images.filter((image, i) => image.every((pixel) => pixel === i || pixel === partnerOf(i)))
      expect(pasted.length).toBeGreaterThan(BATCH / 5)
      expect(pasted.length).toBeLessThan((BATCH * 4) / 5)
    }))
  it('changes nothing when both are off', () =>
    scoped(() => {
      const [x, y] = [numbered(), targets() as Tensor2D]
      expect(mixPairs(x, y, { mixup: 0, cutmix: 0 }, seedOf(5))).toEqual({ images: x, targets: y })
    }))
  it('shares are Beta(alpha, alpha): mean 1/2, variance 1 / (4 (2 alpha + 1))', () =>
    scoped(() => {
      for (const alpha of [0.2, 1, 4]) {
        const drawn = values(randomBeta([20_000], alpha, [seedOf(1), seedOf(2)]))
        const mean = sum(drawn) / drawn.length
        const variance = sum(drawn.map((x) => (x - mean) ** 2)) / drawn.length
        // Four standard errors of a mean over 20,000 draws.
        expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(variance / drawn.length))
        expect(variance).toBeCloseTo(1 / (4 * (2 * alpha + 1)), 2)
      }
    }))
})
