// The evaluator against scripted computes: what reaches the hooks, and what happens to a compute that hangs.
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { BUILT_IN_BLOCKS } from '@shared/architecture/blocks'
import { zooDocument } from '@shared/architecture/document/zoo-document'
import type { TrialRecord } from '../storage/trials'
import { fakeComputes, wellTrained, type TrainScript } from '../testing/fake-computes'
import { definition } from '../testing/run-fixtures'
import { temporaryFolder } from '../testing/temporary-folder'
import type { EvaluationHooks } from './evaluator'
import { createTrainingEvaluator } from './training'

function evaluated(train: TrainScript) {
  const pool = fakeComputes(train)
  const told: string[] = []
  const hooks: EvaluationHooks = {
    onStarted: async () => void told.push('started'),
    onStep: () => void told.push('step'),
    onNotice: async (message) => void told.push(message),
    onEpoch: async ({ epoch }) => void told.push(`epoch ${epoch}`),
    shouldHold: () => false,
  }
  const folder = temporaryFolder()
  const evaluator = createTrainingEvaluator({
    pool,
    definition: definition(),
    library: BUILT_IN_BLOCKS,
    data: { images: '', labels: '', count: 3, shape: [32, 32, 3], classes: 10, mean: [], deviation: [] },
    trainIndices: '',
    validationIndices: '',
    checkpointsFolder: path.join(folder, 'checkpoints'),
    silence: { firstMs: 400, leastMs: 60, factor: 4 },
  })
  const trial = { id: 7, architectureHash: 'x', origin: { reconstructed: [] } } as unknown as TrialRecord
  const document = zooDocument('resnet18', { input: [32, 32, 3], classes: 10 })
  const result = evaluator.evaluate(trial, document, hooks, new AbortController().signal)
  return { pool, told, result }
}
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('the evaluator of trainings', () => {
  it('hands notices on and takes signs of life for what they are', async () => {
    const { told, result } = evaluated(async function* (job) {
      for await (const event of wellTrained(job)) {
        yield event
        if (event.type === 'started') yield { type: 'notice', lease: job.lease, message: 'It grows.' }
        if (event.type === 'step') yield { type: 'validation', lease: job.lease, epoch: 1, images: 1, of: 3 }
      }
    })
    expect(await result).toMatchObject({ type: 'finished' })
    expect(told.slice(0, 6)).toEqual(['started', 'It grows.', 'step', 'step', 'step', 'epoch 1'])
  })

  it('kills a compute that falls silent in the middle, and says so as a death', async () => {
    const { pool, told, result } = evaluated(async function* (job) {
      const { lease } = job
      yield { type: 'started', lease, parameters: 1, resumedFromEpoch: 0, steps: 9, notice: null }
      yield { type: 'step', lease, epoch: 1, step: 1, loss: 1 }
      await new Promise(() => undefined)
    })
    await expect(result).rejects.toMatchObject({ code: 'compute-died' })
    expect(pool.killed).toEqual([0])
    expect(told).toEqual(['started', 'step'])
  })

  it('leaves a slow one alone that tells of its validation', async () => {
    const { pool, result } = evaluated(async function* (job) {
      for await (const event of wellTrained(job)) {
        if (event.type === 'epoch')
          for (const images of [1, 2, 3]) {
            await pause(30)
            yield { type: 'validation', lease: job.lease, epoch: event.epoch.epoch, images, of: 3 }
          }
        yield event
      }
    })
    await result
    expect(pool.killed).toEqual([])
  })
})
