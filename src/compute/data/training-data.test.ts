// One conformance suite for both places images may be in: what a recorded entry gets is what the file holds, in the order asked for.
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SplitFiles } from '@shared/contract/compute'
import { createRandom } from '@shared/random'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tf } from '../tensorflow/backend'
import { cast } from '../tensorflow/kernels/gather'
import { entry } from '../tensorflow/recorder/program'
import { record } from '../tensorflow/recorder/record'
import { openData } from './image-memory'
import type { TrainingData } from './training-data'

// 96 KiB a row: a batch of 20 is two MiB, so groups are of two batches and a plan of nine is read in five.
const SHAPE: [number, number, number] = [128, 256, 3]
const ROW = 128 * 256 * 3
const COUNT = 120
const BATCH = 20

let folder: string
let split: SplitFiles
let pixels: Uint8Array

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'training-data-'))
  const random = createRandom(3)
  pixels = Uint8Array.from({ length: COUNT * ROW }, () => random.integer(256))
  const paths = { images: join(folder, 'images.u8'), labels: join(folder, 'labels.u8') }
  await writeFile(paths.images, pixels)
  await writeFile(
    paths.labels,
    Uint8Array.from({ length: COUNT }, (_, row) => row % 7),
  )
  split = { ...paths, count: COUNT, shape: SHAPE, classes: 7, mean: [0, 0, 0], deviation: [1, 1, 1] }
})
afterAll(() => rm(folder, { recursive: true }))

/** Every second row from the back, so that positions are not rows. */
const ROWS = Int32Array.from({ length: COUNT / 2 }, (_, position) => COUNT - 1 - 2 * position)

/** Rows in any order, some twice within a batch and across, some next to one another. */
function plan(batches: number, seed: number): Int32Array {
  const random = createRandom(seed)
  const positions = Int32Array.from({ length: batches * BATCH }, () => random.integer(ROWS.length))
  for (let i = 0; i < 8; i++) positions[BATCH + i] = 10 + i
  return positions
}

/** A program that gives back what an entry sees. */
function recorded(data: TrainingData) {
  const source = data.source()
  const program = record({
    variables: source.variables,
    entries: {
      look: entry(source.feeds(BATCH), (feeds) => {
        const batch = source.pick(feeds)
        return { pixels: cast(batch.pixels, 'int32'), labels: tf.add(batch.labels, tf.scalar(0, 'int32')) }
      }),
    },
  })
  tf.dispose(Object.values(source.variables))
  return program
}

/** First position whose pixels or label are not the file's; -1 where all are. */
async function firstWrong(
  data: TrainingData,
  program: ReturnType<typeof recorded>,
  positions: Int32Array,
): Promise<number> {
  let at = 0
  for await (const feeds of data.batches(positions, BATCH)) {
    const seen = program.run('look', feeds)
    for (let i = 0; i < BATCH; i++, at++) {
      const row = ROWS[positions[at]!]!
      const expected = pixels.subarray(row * ROW, (row + 1) * ROW)
      const received = seen.pixels.subarray(i * ROW, (i + 1) * ROW)
      if (seen.labels[i] !== row % 7 || !expected.every((value, k) => value === received[k])) return at
    }
  }
  return at === positions.length ? -1 : at
}

describe.each([
  ['resident', null],
  ['streamed, nothing kept', 0],
  ['streamed, a third kept', 20 * ROW],
  ['streamed, all kept', COUNT * ROW],
] as const)('training data, %s', (_, cacheBytes) => {
  it('gives the batches asked for, again in each epoch', async () => {
    const data = await openData(split, ROWS, cacheBytes)
    const program = recorded(data)
    try {
      expect(data.count).toBe(ROWS.length)
      for (const epoch of [1, 2, 3]) expect(await firstWrong(data, program, plan(9, epoch))).toBe(-1)
      expect(await firstWrong(data, program, plan(1, 4))).toBe(-1)
    } finally {
      program.dispose()
      await data.close()
    }
  })

  it('can be left in the middle of an epoch and asked again', async () => {
    const data = await openData(split, ROWS, cacheBytes)
    const program = recorded(data)
    try {
      for await (const feeds of data.batches(plan(9, 5), BATCH)) {
        program.run('look', feeds)
        break
      }
      expect(await firstWrong(data, program, plan(4, 6))).toBe(-1)
    } finally {
      program.dispose()
      await data.close()
    }
  })

  it('refuses damaged files before the first batch', async () => {
    const short = { ...split, count: COUNT + 1 }
    await expect(openData(short, ROWS, cacheBytes)).rejects.toMatchObject({ code: 'dataset-damaged' })
    const few = { ...split, classes: 6 }
    await expect(openData(few, ROWS, cacheBytes)).rejects.toThrow(/has label 6/)
  })
})

describe('streamed data', () => {
  it('says how much stays in memory', async () => {
    const data = await openData(split, ROWS, 2 * 1024 * 1024)
    expect(data.notice).toBe('Reads images from disk as it goes: 2.0 MiB of 5.6 MiB stay in memory.')
    await data.close()
  })

  it('names the image at which a file ends that was cut in the middle of training', async () => {
    const copy = join(folder, 'cut.u8')
    await writeFile(copy, pixels)
    const data = await openData({ ...split, images: copy }, ROWS, 0)
    const positions = plan(9, 7)
    const seen = (async () => {
      let batches = 0
      for await (const _ of data.batches(positions, BATCH)) if (++batches === 1) await truncate(copy, 50 * ROW + 5)
      return batches
    })()
    await expect(seen).rejects.toMatchObject({
      code: 'dataset-damaged',
      message: expect.stringMatching(/cut\.u8 ended in image \d+ /) as string,
    })
    await data.close()
  })

  it('refuses to read two orders at once', async () => {
    const data = await openData(split, ROWS, 0)
    const first = data.batches(plan(9, 8), BATCH)[Symbol.asyncIterator]()
    await first.next()
    await expect(data.batches(plan(1, 9), BATCH)[Symbol.asyncIterator]().next()).rejects.toThrow(/still being read/)
    await first.return?.()
    await data.close()
  })
})
