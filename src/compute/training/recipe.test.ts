// Every part of a recipe in a real training: that it trains, that it changes what it should, and what `deterministic` promises.
import type { TrainEvent } from '@shared/contract/compute'
import { AppError } from '@shared/errors'
import type { Recipe } from '@shared/search/recipe'
import { describe, expect, it } from 'vitest'
import { readArrayFile } from '../networks/array-file'
import { arithmeticOf } from './determinism'
import { prepare } from './prepare'
import { createSession } from './session'
import { tinyJob } from './testing/tiny-job'
import { train, type TrainOptions } from './train'

async function run(recipe: Partial<Recipe>, options: TrainOptions = {}) {
  const events: TrainEvent[] = []
  for await (const event of train(await tinyJob(recipe), options)) events.push(event)
  const finished = events[events.length - 1]!
  if (finished.type !== 'finished') throw new Error(`expected finished, received ${finished.type}`)
  const epochs = events.flatMap((event) => (event.type === 'epoch' ? [event.epoch] : []))
  const { arrays } = await readArrayFile(finished.weights)
  return { epochs, finished, arrays, curve: epochs.map(({ seconds: _, ...rest }) => rest) }
}

describe('a recipe', () => {
  it.each<[string, Partial<Recipe>]>([
    ['AdamW', { optimizer: 'adamw', learningRate: 0.02 }],
    ['AdamW, clipped, averaged', { optimizer: 'adamw', learningRate: 0.02, gradientClip: 1, weightAverage: 0.9 }],
    ['milestones', { schedule: 'step', milestones: [0.5, 0.8] }],
    ['cutout and colours', { cutout: 3, brightness: 0.2, contrast: 0.2, saturation: 0.2 }],
    ['mixing and smoothing', { mixup: 0.2, cutmix: 0.2, labelSmoothing: 0.05 }],
    ['RandAugment', { randAugmentOperations: 1, randAugmentMagnitude: 5 }],
  ])('with %s learns the small set', async (_, recipe) => {
    const { epochs, finished } = await run({ epochs: 12, ...recipe })
    expect(finished.fitness).toBeGreaterThan(0.6)
    expect(epochs[11]!.trainLoss).toBeLessThan(epochs[0]!.trainLoss)
  })

  it('evaluates and keeps the average of the weights, and resumes it', async () => {
    const averaged = await run({ epochs: 3, weightAverage: 0.95 })
    const plain = await run({ epochs: 3 })
    // The same training; only what is looked at differs.
    expect(averaged.epochs.map(({ trainLoss }) => trainLoss)).toEqual(plain.epochs.map(({ trainLoss }) => trainLoss))
    expect(averaged.epochs[2]!.validationLoss).not.toBe(plain.epochs[2]!.validationLoss)
    expect(averaged.arrays.map(({ name }) => name)).toEqual(plain.arrays.map(({ name }) => name))
    expect(averaged.arrays[0]!.values).not.toEqual(plain.arrays[0]!.values)
    const broken = await tinyJob({ epochs: 3, weightAverage: 0.95 })
    for await (const event of train(broken)) if (event.type === 'epoch' && event.epoch.epoch === 2) break
    const again: TrainEvent[] = []
    for await (const event of train(broken)) again.push(event)
    const last = again[again.length - 1]!
    if (last.type !== 'finished') throw new Error('expected finished')
    expect((await readArrayFile(last.weights)).arrays).toEqual(averaged.arrays)
  })

  it('clips what would blow up', async () => {
    const wild = { epochs: 2, learningRate: 10, momentum: 0, nesterov: false, warmUp: 0, schedule: 'constant' } as const
    const [clipped, free] = [await run({ ...wild, gradientClip: 0.01 }), await run(wild)]
    expect(clipped.epochs[1]!.trainLoss).toBeLessThan(free.epochs[1]!.trainLoss)
  })

  it('stops early when patience is out, and tells the same after a resumption', async () => {
    // A rate too small to learn with: no epoch is better than the first by more than chance.
    const still = { epochs: 30, learningRate: 1e-12, patience: 2, cropPadding: 0, flip: false } as const
    const given = await tinyJob(still)
    const events: TrainEvent[] = []
    for await (const event of train(given)) events.push(event)
    const epochs = events.filter(({ type }) => type === 'epoch').length
    expect(epochs).toBeLessThan(30)
    const finished = events[events.length - 1]!
    expect(finished).toMatchObject({ type: 'finished', bestEpoch: epochs - 2 })
    const again: TrainEvent[] = []
    for await (const event of train(given)) again.push(event)
    expect(again.filter(({ type }) => type === 'step')).toEqual([])
    expect(again[again.length - 1]).toEqual(finished)
  })
})

describe('deterministic', () => {
  const recipe = { epochs: 2, deterministic: true, mixup: 0.2, cutout: 2, randAugmentOperations: 1 } as const
  it('gives the same bits twice', async () => {
    const [first, second] = [await run(recipe), await run(recipe)]
    expect(second.curve).toEqual(first.curve)
    expect(second.arrays).toEqual(first.arrays)
  })
  it('does not halve a batch: not when it would not fit, not when TensorFlow runs out of memory', async () => {
    const given = await tinyJob(recipe)
    const tooLittle = (await prepare(given)).bytesFor(16) * 0.85
    await expect(prepare(given, { memory: () => Promise.resolve(tooLittle) })).rejects.toMatchObject({
      code: 'out-of-memory',
    })
    let sessions = 0
    const exhausted = run(recipe, {
      openSession: (options) => {
        sessions++
        if (sessions === 1) throw new AppError('out-of-memory', 'OOM when allocating tensor')
        return createSession(options)
      },
    })
    await expect(exhausted).rejects.toMatchObject({ code: 'out-of-memory' })
    expect(sessions).toBe(1)
  })
  it('starts over where the arithmetic is another', async () => {
    const held = process.env['TF_ENABLE_ONEDNN_OPTS']
    try {
      const given = await tinyJob(recipe)
      for await (const event of train(given)) if (event.type === 'epoch') break
      process.env['TF_ENABLE_ONEDNN_OPTS'] = held === '0' ? '1' : '0'
      const { value } = await train(given).next()
      expect(value).toMatchObject({ type: 'started', resumedFromEpoch: 0 })
    } finally {
      if (held === undefined) delete process.env['TF_ENABLE_ONEDNN_OPTS']
      else process.env['TF_ENABLE_ONEDNN_OPTS'] = held
    }
  })
  it('is refused on a GPU that adds in any order', () => {
    const gpu = { tensorflow: '2.21.0', device: 'gpu' } as const
    expect(() => arithmeticOf({}, gpu)).toThrow(/TF_DETERMINISTIC_OPS|whatever order/)
    expect(arithmeticOf({ TF_DETERMINISTIC_OPS: '1' }, gpu)).toContain('gpu')
  })
})
