// What a run makes of computes that die, trials that fail and bugs.
import { describe, expect, it } from 'vitest'
import { AppError, type ErrorCode } from '@shared/errors'
import type { Space } from '@shared/spaces/space'
import { strategyByName } from '@shared/strategies/registry'
import { createToySpace } from '@shared/strategies/testing/toy-space'
import { listTrials } from '../storage/trials'
import { createHarness, quickEvaluation, type Script } from '../testing/harness'
import { temporaryFolder } from '../testing/temporary-folder'
import { messages, run, words } from '../testing/small-run'

function failing(
  folder: string,
  code: ErrorCode,
  times: (number: number) => number,
): { evaluate: Script; attempts: Map<number, number> } {
  const attempts = new Map<number, number>()
  return {
    attempts,
    evaluate: (trial, ...rest) => {
      const attempt = (attempts.get(trial.number) ?? 0) + 1
      attempts.set(trial.number, attempt)
      if (attempt <= times(trial.number)) throw new AppError(code, `${code} in trial ${trial.number}.`)
      return quickEvaluation(folder)(trial, ...rest)
    },
  }
}

describe('failures', () => {
  it('a compute that died is retried as the same trial, twice; then the trial fails with the reason', async () => {
    const folder = temporaryFolder()
    const { evaluate, attempts } = failing(folder, 'compute-died', (number) =>
      number === 1 ? 2 : number === 2 ? 9 : 0,
    )
    const harness = createHarness({ folder, evaluate })
    await run(harness, { generations: 1 })
    const ended = await harness.until('r', 'finished')
    expect(ended.counts).toMatchObject({ finished: 3, failed: 1 })
    const [first, second] = await listTrials(harness.store.db, 'r')
    expect(first).toMatchObject({ state: 'finished', attempt: 3 })
    expect(second).toMatchObject({
      state: 'failed',
      attempt: 3,
      error: { code: 'compute-died', message: 'compute-died in trial 2.' },
    })
    expect(attempts.get(2)).toBe(3)
    expect((await messages(harness)).filter((message) => message.includes('attempt 3 of 3'))).toHaveLength(2)
    await harness.close()
  })

  it.each(['diverged', 'out-of-memory', 'time-limit', 'internal'] as const)(
    '%s fails the trial at once, and the search goes on',
    async (code) => {
      const folder = temporaryFolder()
      const { evaluate, attempts } = failing(folder, code, (number) => (number === 2 ? 9 : 0))
      const harness = createHarness({ folder, evaluate })
      await run(harness)
      const ended = await harness.until('r', 'finished')
      expect(ended.counts.failed).toBeGreaterThanOrEqual(1)
      expect(attempts.get(2)).toBe(1)
      await harness.close()
    },
  )

  it('a search in which nothing ever worked ends after three internal faults, and goes on once the cause is mended', async () => {
    const folder = temporaryFolder()
    let isBroken = true
    const harness = createHarness({
      folder,
      parallel: 1,
      evaluate: (trial, ...rest) => {
        if (isBroken) throw new Error('The native part does not load.')
        return quickEvaluation(folder)(trial, ...rest)
      },
    })
    await run(harness)
    const failed = await harness.until('r', 'failed')
    expect(failed.counts).toMatchObject({ failed: 3, running: 0 })
    expect(failed.error).toMatchObject({
      code: 'internal',
      message: expect.stringMatching(/first 3 trials all failed.*native part does not load/) as string,
      fix: expect.stringContaining('doctor') as string,
    })
    isBroken = false
    await harness.orchestrator.resume('r')
    expect((await harness.until('r', 'finished')).counts).toMatchObject({ failed: 3, finished: 9 })
    await harness.close()
  })

  it('internal faults after a success, or broken by another reason, do not end the search', async () => {
    const folder = temporaryFolder()
    const later = createHarness({
      folder,
      parallel: 1,
      evaluate: failing(folder, 'internal', (number) => (number === 1 ? 0 : 9)).evaluate,
    })
    await run(later, { strategy: { name: 'random' } })
    expect((await later.until('r', 'finished')).counts.failed).toBeGreaterThan(3)
    await later.close()
    const other = temporaryFolder()
    const mixed = createHarness({
      folder: other,
      parallel: 1,
      evaluate: (trial) => {
        throw new AppError(trial.number % 3 === 0 ? 'diverged' : 'internal', 'No.')
      },
    })
    await run(mixed, { strategy: { name: 'random' } })
    await mixed.until('r', 'finished')
    await mixed.close()
  })

  it('a search whose trials all fail ends by itself', async () => {
    const folder = temporaryFolder()
    const harness = createHarness({ folder, evaluate: failing(folder, 'diverged', () => 9).evaluate })
    await run(harness)
    expect(await harness.until('r', 'finished')).toMatchObject({
      bestTrialId: null,
      bestFitness: null,
      counts: { failed: 12 },
    })
    await harness.close()
  })

  it.each(['dataset-damaged', 'runtime-missing'] as const)(
    '%s ends the run with the reason; mended, it goes on where it stood',
    async (code) => {
      const folder = temporaryFolder()
      let isBroken = false
      const harness = createHarness({
        folder,
        evaluate: async (trial, ...rest) => {
          if (trial.number === 6 && isBroken) throw new AppError(code, 'It broke.', 'Mend it.')
          return quickEvaluation(folder)(trial, ...rest)
        },
      })
      isBroken = true
      await run(harness)
      const failed = await harness.until('r', 'failed')
      expect(failed.error).toEqual({ code, message: 'It broke.', fix: 'Mend it.' })
      expect(failed.counts.running).toBe(0)
      isBroken = false
      await harness.orchestrator.resume('r')
      expect(await harness.until('r', 'finished')).toMatchObject({ error: null, counts: { finished: 12 } })
      await harness.close()
    },
  )

  it.each([
    ['fitness', { fitness: Number.NaN, costs: {} }],
    ['latency', { fitness: 0.5, costs: { latency: Number.POSITIVE_INFINITY } }],
  ])('a %s that is no number fails its trial with its name, and the search goes on', async (name, result) => {
    const harness = createHarness({
      folder: temporaryFolder(),
      evaluate: ({ number }) =>
        Promise.resolve({
          type: 'finished',
          bestEpoch: null,
          weights: null,
          ...(number === 2 ? result : { fitness: 1.3e16, costs: { latency: 2 ** 60 } }),
        }),
    })
    await run(harness, { generations: 1 })
    expect((await harness.until('r', 'finished')).counts).toMatchObject({ finished: 3, failed: 1 })
    const [first, second] = await listTrials(harness.store.db, 'r')
    expect(first).toMatchObject({ fitness: 1.3e16, costs: { latency: 2 ** 60 } })
    expect(second?.error?.message).toContain(`as ${name}, received`)
    await harness.close()
  })

  it('a cancellation that nobody asked for fails its trial instead of leaving it behind', async () => {
    const folder = temporaryFolder()
    const harness = createHarness({
      folder,
      evaluate: (trial, ...rest) => {
        if (trial.number === 2) throw new AppError('cancelled', 'Something else cancelled it.')
        return quickEvaluation(folder)(trial, ...rest)
      },
    })
    await run(harness)
    expect((await harness.until('r', 'finished')).counts).toMatchObject({ finished: 11, failed: 1, waiting: 0 })
    await harness.close()
  })

  it('a bug in a strategy ends the run and is reported', async () => {
    const harness = createHarness({
      folder: temporaryFolder(),
      prepare: () => ({
        strategy: { ...strategyByName('random'), propose: () => Promise.reject(new TypeError('a bug')) },
      }),
    })
    await run(harness)
    expect((await harness.until('r', 'failed')).error).toMatchObject({ code: 'internal', message: 'a bug' })
    expect(harness.reported).toHaveLength(1)
    await harness.close()
  })

  it('a proposer whose compute dies is asked again, with the same answer as if it had not', async () => {
    const plain = createHarness({ folder: temporaryFolder() })
    let deaths = 0
    const dying = createHarness({
      folder: temporaryFolder(),
      prepare: () => ({
        reconstructor: {
          reconstruct: async (requests) => {
            if (deaths++ < 2) throw new AppError('compute-died', 'It died.')
            const { createRandomReconstructor } = await import('@shared/strategies/random-reconstructor')
            return createRandomReconstructor(createToySpace() as unknown as Space).reconstruct(requests)
          },
        },
      }),
    })
    await Promise.all([
      run(plain, { strategy: { name: 'gpt-nas:paper' } }),
      run(dying, { strategy: { name: 'gpt-nas:paper' } }),
    ])
    await Promise.all([plain.until('r', 'finished'), dying.until('r', 'finished')])
    expect(deaths).toBeGreaterThan(2)
    expect(await words(dying)).toEqual(await words(plain))
    await Promise.all([plain.close(), dying.close()])
  })
})
