// A training whose images stay on disk is the training whose images are in memory, bit for bit; and its own ways to fail.
import { readdir, truncate } from 'node:fs/promises'
import type { TrainJob } from '@shared/contract/compute'
import { describe, expect, it } from 'vitest'
import { tf } from '../tensorflow/backend'
import { readArrayFile } from '../networks/array-file'
import { tinyJob } from './testing/tiny-job'
import { train, type TrainOptions } from './train'

const ROW = 8 * 8 * 3
/** 83 images are in the job: none is kept, or a third. */
const NOTHING: TrainOptions = { imageMemory: 0 }
const A_THIRD: TrainOptions = { imageMemory: 28 * ROW }

async function outcome(given: TrainJob, options: TrainOptions = {}) {
  const curve: unknown[] = []
  let notice: string | null = null
  let arrays: unknown = null
  for await (const event of train(given, options)) {
    if (event.type === 'started') notice = event.notice
    if (event.type === 'epoch') curve.push({ ...event.epoch, seconds: 0 })
    if (event.type === 'finished') arrays = (await readArrayFile(event.weights)).arrays
  }
  return { curve, notice, arrays }
}

async function untilEpoch(given: TrainJob, epochs: number, options: TrainOptions): Promise<void> {
  for await (const event of train(given, options)) if (event.type === 'epoch' && event.epoch.epoch === epochs) break
}

describe('streamed training', () => {
  it.each([
    ['plain', {}],
    [
      'with everything an image may go through',
      { mixup: 0.3, cutmix: 1, cutout: 2, brightness: 0.4, randAugmentOperations: 1 },
    ],
    ['of AdamW with averaged weights', { optimizer: 'adamw', learningRate: 0.01, weightAverage: 0.9 }],
  ] as const)('has the curve and the weights of a resident one: %s', async (_, recipe) => {
    const resident = await outcome(await tinyJob(recipe))
    expect(resident.notice).toBeNull()
    for (const options of [NOTHING, A_THIRD]) {
      const streamed = await outcome(await tinyJob(recipe), options)
      expect(streamed.notice).toMatch(/from disk/)
      expect(streamed.curve).toEqual(resident.curve)
      expect(streamed.arrays).toEqual(resident.arrays)
    }
  })

  it('goes on, bit by bit, what a resident training began, and the other way round', async () => {
    const whole = await outcome(await tinyJob())
    for (const [first, then] of [
      [{}, A_THIRD],
      [A_THIRD, {}],
      [NOTHING, NOTHING],
    ] as const) {
      const broken = await tinyJob()
      await untilEpoch(broken, 2, first)
      const resumed = await outcome(broken, then)
      expect(resumed.curve).toEqual(whole.curve)
      expect(resumed.arrays).toEqual(whole.arrays)
    }
  })

  it('fails with the file and the image when the data is cut in the middle', async () => {
    const given = await tinyJob({ epochs: 50 })
    const training = (async () => {
      for await (const event of train(given, NOTHING))
        if (event.type === 'epoch' && event.epoch.epoch === 1) await truncate(given.data.images, 40 * ROW + 7)
    })()
    await expect(training).rejects.toMatchObject({
      code: 'dataset-damaged',
      message: expect.stringMatching(/images\.u8 ended in image \d+ .*middle of training/) as string,
    })
  })

  it('leaves no tensor and no open file behind, however it ends', async () => {
    const openFiles = async (): Promise<number> => (await readdir('/proc/self/fd')).length
    await outcome(await tinyJob({ epochs: 1 }), A_THIRD)
    const before = { tensors: tf.memory().numTensors, files: await openFiles() }
    await outcome(await tinyJob({ epochs: 1 }), A_THIRD)
    await untilEpoch(await tinyJob(), 1, NOTHING)
    for await (const _ of train(await tinyJob(), NOTHING)) break
    const steep = await tinyJob()
    const diverging = outcome({ ...steep, recipe: { ...steep.recipe, learningRate: 1e30 } }, A_THIRD)
    await expect(diverging).rejects.toMatchObject({ code: 'diverged' })
    expect({ tensors: tf.memory().numTensors, files: await openFiles() }).toEqual(before)
  })
})
