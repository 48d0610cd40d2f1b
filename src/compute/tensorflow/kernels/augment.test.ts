// Random crop and mirror: every result is one of those that may be drawn.
import { describe, expect, it } from 'vitest'
import { createRandom } from '@shared/random'
import { scoped, tf } from '../backend'
import { randomCrop, randomFlip } from './augment'

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
