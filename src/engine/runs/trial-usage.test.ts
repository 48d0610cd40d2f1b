// What a trial took of the machine, as it is stored: over attempts, pauses and the end of the engine.
import { describe, expect, it } from 'vitest'
import { AppError } from '@shared/errors'
import type { TrialUsage } from '@shared/search/usage'
import { toyFitness } from '@shared/strategies/testing/toy-space'
import { listTrials } from '../storage/trials'
import { createHarness, epochOf, finished, quickEvaluation, type Script } from '../testing/harness'
import { endlessEpochs, pause, run, type Harness } from '../testing/small-run'
import { temporaryFolder } from '../testing/temporary-folder'

const usage = (cores: number, countedSeconds: number, peakMemoryBytes = 100): TrialUsage => ({
  cores,
  countedSeconds,
  peakMemoryBytes,
  cardUtilisation: null,
  cardReadings: 0,
  peakCardMemoryBytes: null,
})
const firstTrial = async ({ store }: Harness) => (await listTrials(store.db, 'r'))[0]!
const single = { populationSize: 2, generations: 1 }

describe('what a trial took', () => {
  it('adds up over attempts whose compute died, and names the device of the last', async () => {
    const folder = temporaryFolder()
    const attempts = [usage(1, 10, 300), usage(2, 20, 200), usage(0.5, 10, 100)]
    let attempt = 0
    const evaluate: Script = (trial, document, hooks, signal) => {
      if (trial.number > 1) return quickEvaluation(folder)(trial, document, hooks, signal)
      const taken = attempts[attempt++]!
      hooks.onCompute({ device: `Device ${attempt}`, usage: () => taken })
      if (attempt < attempts.length) throw new AppError('compute-died', 'It died.')
      return quickEvaluation(folder)(trial, document, hooks, signal)
    }
    const harness = createHarness({ folder, evaluate })
    await run(harness, single)
    await harness.until('r', 'finished')
    expect(await firstTrial(harness)).toMatchObject({
      state: 'finished',
      attempt: 3,
      device: 'Device 3',
      usage: usage(55 / 40, 40, 300),
    })
    await harness.close()
  })

  it('is kept by a pause and goes on from there', async () => {
    const folder = temporaryFolder()
    let isResumed = false
    const evaluate: Script = async (trial, _document, hooks) => {
      hooks.onCompute({ device: 'CPU', usage: () => usage(isResumed ? 2 : 1, 10) })
      await hooks.onStarted({ compute: 0, resumedFromEpoch: 0, stepsPerEpoch: 1, notice: null })
      for (let number = 1; !isResumed; number++) {
        await pause(10)
        await hooks.onEpoch(epochOf(number, 0.1))
        if (hooks.shouldHold()) return { type: 'held' }
      }
      return finished(folder, trial.id, toyFitness(trial.genotype))
    }
    const harness = createHarness({ folder, evaluate })
    await run(harness, single)
    await expect.poll(async () => (await firstTrial(harness)).state).toBe('running')
    await harness.orchestrator.pause('r')
    await harness.until('r', 'paused')
    expect(await firstTrial(harness)).toMatchObject({ device: 'CPU', usage: usage(1, 10) })
    isResumed = true
    await harness.orchestrator.resume('r')
    await harness.until('r', 'finished')
    expect((await firstTrial(harness)).usage).toEqual(usage(1.5, 20))
    await harness.close()
  })

  it('is stored while it trains, so that a killed engine keeps it, and of a trial that fails', async () => {
    const going = createHarness({
      folder: temporaryFolder(),
      evaluate: (trial, document, hooks, signal) => {
        hooks.onCompute({ device: 'CPU', usage: () => usage(1, 10) })
        return endlessEpochs(20)(trial, document, hooks, signal)
      },
    })
    await run(going, single)
    await expect.poll(async () => (await firstTrial(going)).usage, { timeout: 10_000 }).toEqual(usage(1, 10))
    expect((await firstTrial(going)).state).toBe('running')
    await going.orchestrator.stop('r')
    await going.close()

    const failing = createHarness({
      folder: temporaryFolder(),
      evaluate: (_trial, _document, hooks) => {
        hooks.onCompute({ device: 'CPU', usage: () => usage(1, 10) })
        throw new AppError('out-of-memory', 'Too large.')
      },
    })
    await run(failing, single)
    await failing.until('r', 'finished')
    expect(await firstTrial(failing)).toMatchObject({ state: 'failed', device: 'CPU', usage: usage(1, 10) })
    await failing.close()
  })

  it('is nothing for a trial that nothing was measured of, and for one that reuses a result', async () => {
    const folder = temporaryFolder()
    const evaluate: Script = (trial, document, hooks, signal) => {
      if (trial.number === 1) hooks.onCompute({ device: 'CPU', usage: () => usage(1, 10) })
      return quickEvaluation(folder)(trial, document, hooks, signal)
    }
    const harness = createHarness({ folder, evaluate })
    await run(harness, { ...single, generations: 4 })
    await harness.until('r', 'finished')
    const [measured, ...others] = await listTrials(harness.store.db, 'r')
    expect(measured!.usage).toEqual(usage(1, 10))
    expect(others.some(({ reusedFrom }) => reusedFrom === measured!.id)).toBe(true)
    for (const { usage: none, device } of others) expect([none, device]).toEqual([null, null])
    await harness.close()
  })
})
