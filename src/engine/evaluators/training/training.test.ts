// The evaluator against scripted computes: what reaches the hooks, and what happens to a compute that hangs.
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { BUILT_IN_BLOCKS } from '@shared/architecture/blocks'
import { zooDocument } from '@shared/architecture/document/zoo-document'
import type { AppError } from '@shared/errors'
import { recipeSchema } from '@shared/search/recipe'
import { MemoryKillError } from '../../executors/memory-kills'
import type { ComputeClient, ComputePool } from '../../executors/pool'
import type { TrialRecord } from '../../storage/trials'
import { fakeComputes, wellTrained, type FakeComputes, type TrainScript } from '../../testing/fake-computes'
import { epochOf } from '../../testing/harness'
import { definition } from '../../testing/run-fixtures'
import { temporaryFolder } from '../../testing/temporary-folder'
import type { EvaluationHooks } from '../evaluator'
import { createTrainingEvaluator } from './training'

const ALL_CORES = { threads: 4, use: 'within-ops' } as const

/** A compute that is stopped: messages reach it, nothing comes back. */
const neverAnswers = {
  train: () => new Promise(() => undefined),
  idle: () => new Promise(() => undefined),
} as unknown as ComputeClient

interface Circumstances {
  readonly holds?: boolean
  readonly signal?: AbortSignal
  readonly pool?: FakeComputes
  readonly deterministic?: boolean
}

function evaluated(
  train: TrainScript,
  {
    holds = false,
    signal = new AbortController().signal,
    pool = fakeComputes(train),
    deterministic = false,
  }: Circumstances = {},
) {
  const told: string[] = []
  const hooks: EvaluationHooks = {
    onCompute: () => undefined,
    onStarted: async () => void told.push('started'),
    onStep: () => void told.push('step'),
    onValidation: ({ images, of }) => void told.push(`validation ${images} of ${of}`),
    onNotice: async (message) => void told.push(message),
    onEpoch: async ({ epoch }) => void told.push(`epoch ${epoch}`),
    shouldHold: () => holds,
  }
  const folder = temporaryFolder()
  const evaluator = createTrainingEvaluator({
    pool,
    definition: definition({ recipe: recipeSchema.parse({ deterministic }) }),
    library: BUILT_IN_BLOCKS,
    fingerprint: '',
    data: { images: '', labels: '', count: 3, shape: [32, 32, 3], classes: 10, mean: [], deviation: [] },
    trainIndices: '',
    validationIndices: '',
    checkpointsFolder: path.join(folder, 'checkpoints'),
    threadsFor: () => ALL_CORES,
    silence: { firstMs: 400, leastMs: 60, factor: 4 },
    letGoMs: 150,
  })
  const trial = { id: 7, architectureHash: 'x', origin: { reconstructed: [] } } as unknown as TrialRecord
  const document = zooDocument('resnet18', { input: [32, 32, 3], classes: 10 })
  const result = evaluator.evaluate(trial, document, hooks, signal)
  return { pool, told, result }
}
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('the evaluator of trainings', () => {
  it('hands on notices and how far a validation is', async () => {
    const { told, result } = evaluated(async function* (job) {
      for await (const event of wellTrained(job)) {
        yield event
        if (event.type === 'started') yield { type: 'notice', lease: job.lease, message: 'It grows.' }
        if (event.type === 'step') yield { type: 'validation', lease: job.lease, epoch: 1, images: 1, of: 3 }
      }
    })
    expect(await result).toMatchObject({ type: 'finished' })
    expect(told.slice(0, 6)).toEqual(['started', 'It grows.', 'step', 'validation 1 of 3', 'step', 'validation 1 of 3'])
  })

  it('kills a compute that falls silent in the middle, and says so as a death', async () => {
    const { pool, told, result } = evaluated(async function* (job) {
      const { lease } = job
      yield { type: 'started', lease, parameters: 1, resumedFromEpoch: 0, stepsPerEpoch: 9, notice: null }
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

  it('kills a compute that does not even take the job', async () => {
    const pool = fakeComputes()
    const dead = {
      ...pool,
      run: ((job, signal) =>
        pool.run((_client, slot, kill) => job(neverAnswers, slot, kill), signal)) as ComputePool['run'],
    }
    await expect(evaluated(wellTrained, { pool: dead }).result).rejects.toMatchObject({ code: 'compute-died' })
    expect(pool.killed.length).toBeGreaterThan(0)
  })
})

describe('a training whose compute the system ended for want of memory', () => {
  const killed = new MemoryKillError('Compute 1 ran out of memory.')
  const dies = (isBatchHalved: boolean): TrainScript =>
    async function* ({ lease }) {
      yield {
        type: 'started',
        lease,
        parameters: 1,
        resumedFromEpoch: 0,
        stepsPerEpoch: 9,
        isBatchHalved,
        notice: null,
      }
      throw killed
    }

  it('may go on with half the batch, once', async () => {
    await expect(evaluated(dies(false)).result).rejects.toBe(killed)
    // Halved already, by a prediction or by TensorFlow: half of it again was not promised.
    await expect(evaluated(dies(true)).result).rejects.toMatchObject({
      code: 'out-of-memory',
      message: expect.stringContaining('halved before') as string,
    })
  })
})

describe('the threads of a training', () => {
  /** Asked for while another job has a compute, or none. */
  async function asked(beside: boolean, deterministic: boolean) {
    const real = fakeComputes()
    const wanted: unknown[] = []
    const run: ComputePool['run'] = (job, signal, threads) => {
      wanted.push(threads)
      return real.run(job, signal, threads)
    }
    let leave: () => void = () => undefined
    const other = beside
      ? real.run(() => new Promise<void>((done) => (leave = done)), new AbortController().signal)
      : null
    await evaluated(wellTrained, { pool: { ...real, run }, deterministic }).result
    leave()
    await other
    return wanted
  }

  it('are those for a training that runs alone, unless another compute works', async () => {
    expect(await asked(false, false)).toEqual([ALL_CORES])
    expect(await asked(true, false)).toEqual(['of-slot'])
  })

  it('do not depend on what else works where the numbers may not', async () => {
    expect(await asked(true, true)).toEqual([ALL_CORES])
  })
})

describe('the end of a training that is broken off', () => {
  it('comes after the compute has let go, whether it is held or stopped', async () => {
    for (const how of ['held', 'stopped'] as const) {
      const stopping = new AbortController()
      const log: string[] = []
      const { pool, result } = evaluated(
        async function* ({ lease }) {
          try {
            yield { type: 'epoch', lease, epoch: epochOf(1, 0.5) }
            if (how === 'stopped') stopping.abort()
            await pause(50) // a step that cannot be interrupted
            yield { type: 'step', lease, epoch: 2, step: 1, loss: 1 }
          } finally {
            log.push('the compute has let go')
          }
        },
        { holds: how === 'held', signal: stopping.signal },
      )
      const end = result.then(
        ({ type }) => log.push(type),
        (thrown: AppError) => log.push(thrown.code),
      )
      await end
      expect(log).toEqual(['the compute has let go', how === 'held' ? 'held' : 'cancelled'])
      expect(pool.killed).toEqual([])
    }
  })

  it('is brought about where the compute does not let go', async () => {
    const stopping = new AbortController()
    const { pool, result } = evaluated(
      async function* ({ lease }) {
        yield { type: 'step', lease, epoch: 1, step: 1, loss: 1 }
        stopping.abort()
        await new Promise(() => undefined)
      },
      { signal: stopping.signal },
    )
    await expect(result).rejects.toMatchObject({ code: 'cancelled' })
    expect(pool.killed).toEqual([0])
  })
})
