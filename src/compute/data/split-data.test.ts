import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SplitFiles } from '@shared/contract/compute'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readIndices, readRows } from './split-data'

let folder: string
let data: SplitFiles

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'split-data-'))
  data = {
    images: join(folder, 'images.u8'),
    labels: join(folder, 'labels.u8'),
    count: 5,
    shape: [2, 1, 3],
    classes: 3,
    mean: [0, 0, 0],
    deviation: [1, 1, 1],
  }
  await writeFile(
    data.images,
    Uint8Array.from({ length: 30 }, (_, i) => i),
  )
  await writeFile(data.labels, Uint8Array.of(0, 1, 2, 0, 1))
})
afterEach(() => rm(folder, { recursive: true }))

describe('readRows', () => {
  it('gives the rows asked for, in that order, repeats included', async () => {
    const rows = await readRows(data, [3, 4, 0, 3])
    expect([...rows.labels]).toEqual([0, 1, 0, 0])
    expect([...rows.images]).toEqual([
      18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 0, 1, 2, 3, 4, 5, 18, 19, 20, 21, 22, 23,
    ])
  })

  it('reads a shuffled subset of a file larger than its buffer, dense and sparse', async () => {
    const [count, shape] = [3000, [32, 32, 3] as [number, number, number]]
    const rowBytes = 32 * 32 * 3
    const pixel = (row: number, byte: number) => (row * 7 + byte) % 251
    const bytes = new Uint8Array(count * rowBytes)
    for (let i = 0; i < bytes.length; i++) bytes[i] = pixel(Math.floor(i / rowBytes), i % rowBytes)
    await writeFile(data.images, bytes)
    await writeFile(data.labels, new Uint8Array(count))
    const large = { ...data, count, shape }
    const dense = Array.from({ length: 2000 }, (_, i) => (i * 1301) % count)
    for (const wanted of [dense, [2999, 0, 1500, 0]]) {
      const { images } = await readRows(large, wanted)
      expect(images.length).toBe(wanted.length * rowBytes)
      const wrong = wanted.filter((row, i) =>
        [0, 1, rowBytes - 1].some((b) => images[i * rowBytes + b] !== pixel(row, b)),
      )
      expect(wrong).toEqual([])
    }
  })

  it.each([
    ['truncated images', () => truncate(data.images, 29), /must have 30 bytes \(5 images of 2x1x3\), it has 29/],
    ['truncated labels', () => truncate(data.labels, 4), /must have 5 bytes.*it has 4/],
    ['missing images', () => rm(data.images), /Could not read/],
    ['a label without a class', () => writeFile(data.labels, Uint8Array.of(0, 1, 2, 3, 1)), /Image 3 has label 3/],
  ])('refuses %s', async (_, damage, message) => {
    await damage()
    const reading = readRows(data, [0, 3])
    await expect(reading).rejects.toThrow(message)
    await expect(reading).rejects.toMatchObject({ code: 'dataset-damaged' })
  })

  it.each([5, -1, 1.5])('refuses index %s', async (index) => {
    await expect(readRows(data, [0, index])).rejects.toThrow(`Image ${index} was asked for`)
  })
})

describe('readIndices', () => {
  it('reads int32 little endian and refuses a torn number', async () => {
    const path = join(folder, 'train.i32')
    await writeFile(path, Uint8Array.of(1, 0, 0, 0, 255, 255, 0, 0))
    expect([...(await readIndices(path))]).toEqual([1, 65535])
    await truncate(path, 7)
    await expect(readIndices(path)).rejects.toMatchObject({ code: 'dataset-damaged' })
  })
})
