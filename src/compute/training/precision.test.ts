// Mixed precision in a real training (TensorFlow's CPU kernels have both half types, slowly): it learns as float32 does,
// resumes to the bit, and falls back with a notice where a device is not proved.
import type { TrainEvent, TrainJob } from '@shared/contract/compute'
import { PRECISIONS, recipeSchema, type Precision } from '@shared/search/recipe'
import { describe, expect, it } from 'vitest'
import { prepare } from './prepare'
import { needsLossScale, usablePrecision } from './precision'
import { createSession, type SessionOptions } from './session'
import { tinyJob } from './testing/tiny-job'
import { train, type TrainOptions } from './train'

/** Trains as a device would on which `precision` was proved. */
const within = (precision: Precision): TrainOptions => ({
  openSession: (options: SessionOptions) => createSession({ ...options, precision }),
})

async function run(given: TrainJob, options: TrainOptions, until = Infinity): Promise<TrainEvent[]> {
  const events: TrainEvent[] = []
  for await (const event of train(given, options)) {
    events.push(event)
    if (event.type === 'epoch' && event.epoch.epoch === until) break
  }
  return events
}

const curve = (events: readonly TrainEvent[]) =>
  events.flatMap((event) => (event.type === 'epoch' ? [{ ...event.epoch, seconds: 0 }] : []))

describe('mixed precision', () => {
  it.each(PRECISIONS)('%s learns the small set', async (precision) => {
    const events = await run(await tinyJob({ epochs: 12 }), within(precision))
    const epochs = curve(events)
    expect(Math.max(...epochs.map(({ validationAccuracy }) => validationAccuracy))).toBeGreaterThan(0.9)
    expect(epochs[11]!.trainLoss).toBeLessThan(epochs[0]!.trainLoss / 2)
  })

  it.each(['mixed-float16', 'mixed-bfloat16'] as const)('%s follows the curve of float32', async (precision) => {
    const [whole, half] = [
      curve(await run(await tinyJob({ epochs: 6 }), within('float32'))),
      curve(await run(await tinyJob({ epochs: 6 }), within(precision))),
    ]
    // Another rounding is another training after a few steps; the first epochs are the same but for a few per cent.
    for (const epoch of [0, 1]) {
      const [a, b] = [half[epoch]!.trainLoss, whole[epoch]!.trainLoss]
      expect(Math.abs(a - b) / b).toBeLessThan(0.05)
    }
    expect(half[0]!.trainLoss).not.toBe(whole[0]!.trainLoss)
  })

  it.each(['mixed-float16', 'mixed-bfloat16'] as const)('%s resumes to the last bit', async (precision) => {
    const recipe = { epochs: 4, optimizer: 'adamw', learningRate: 0.02, gradientClip: 1, weightAverage: 0.9 } as const
    const whole = await run(await tinyJob(recipe), within(precision))
    const broken = await tinyJob(recipe)
    await run(broken, within(precision), 2)
    const resumed = await run(broken, within(precision))
    expect(resumed[0]).toMatchObject({ resumedFromEpoch: 2 })
    expect(curve(resumed)).toEqual(curve(whole))
  })

  it('keeps the loss scale in the state and hides it from the weights', async () => {
    const given = await tinyJob()
    const options = { recipe: given.recipe, evaluationBatch: 16, seed: 1, trainable: null }
    for (const precision of PRECISIONS) {
      const prepared = await prepare(given)
      const session = createSession({ ...prepared, ...options, precision })
      const names = (arrays: readonly { name: string }[]) => arrays.map(({ name }) => name)
      expect(names(session.readState()).includes('loss-scale')).toBe(needsLossScale(precision))
      expect(names(session.readWeights()).filter((name) => name.startsWith('loss'))).toEqual([])
      session.dispose()
    }
  })

  it('skips an overflowed step: weights and slots stay, running statistics go on', async () => {
    const given = await tinyJob()
    const prepared = await prepare(given)
    const options = { ...prepared, recipe: given.recipe, evaluationBatch: 16, seed: 1, trainable: null }
    const session = createSession({ ...options, precision: 'mixed-float16' })
    session.writeState([{ name: 'loss-scale', shape: [], values: Float32Array.of(2 ** 40) }])
    const before = new Map(session.readState().map(({ name, values }) => [name, Array.from(values)]))
    const indices = Int32Array.from({ length: prepared.batchSize }, (_, i) => i)
    const { loss } = session.step({ indices }, 0.1, Int32Array.of(1, 2), 0)
    expect(Number.isFinite(loss)).toBe(true)
    for (const { name, values } of session.readState()) {
      if (name === 'loss-scale') expect(values[0]).toBe(2 ** 39)
      else if (/moving-/.test(name)) expect([name, Array.from(values)]).not.toEqual([name, before.get(name)])
      else expect([name, Array.from(values)]).toEqual([name, before.get(name)])
    }
    session.dispose()
  })
})

describe('the precision a device can do', () => {
  it('is float32 on a processor and on a GPU that failed the check, with the reason', () => {
    expect(usablePrecision('mixed-float16', 'cpu', ['mixed-float16'])).toMatchObject({
      precision: 'float32',
      notice: expect.stringMatching(/needs a GPU/) as string,
    })
    expect(usablePrecision('mixed-bfloat16', 'gpu', ['mixed-float16'])).toMatchObject({
      precision: 'float32',
      notice: expect.stringMatching(/failed the check of mixed-bfloat16/) as string,
    })
    expect(usablePrecision('mixed-float16', 'gpu', ['mixed-float16'])).toEqual({
      precision: 'mixed-float16',
      notice: null,
    })
    expect(usablePrecision('float32', 'cpu', [])).toEqual({ precision: 'float32', notice: null })
  })
  it('is told when a training starts', async () => {
    const events = await run(await tinyJob({ epochs: 1, precision: 'mixed-float16' }), {})
    expect(events[0]).toHaveProperty('notice', expect.stringContaining('trains in float32'))
  })
  it('is float32 by default', () => expect(recipeSchema.parse({}).precision).toBe('float32'))
})
