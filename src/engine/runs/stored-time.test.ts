// What a killed engine has stored of the time a search and its trials took: all but the last seconds.
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { AppError } from '@shared/errors'
import { getRun } from '../storage/runs'
import { listTrials } from '../storage/trials'
import { forkEntry, messageOf } from '../testing/child'
import { createHarness } from '../testing/harness'
import { newRun } from '../testing/run-fixtures'
import { temporaryFolder } from '../testing/temporary-folder'
import { createLiveRun } from './live-run'
import { keepTime } from './stored-time'

describe('time of a going run', () => {
  it('survives a killed engine, also in the middle of an epoch, and counts on from there', async () => {
    const folder = temporaryFolder()
    const child = await forkEntry(path.join(__dirname, '../testing/killed-engine.ts'), [folder, 'long'])
    await messageOf(child, (message) => message === 1)
    const onlooker = createHarness({ folder })
    const stored = async () => (await getRun(onlooker.store.db, 'r')).seconds
    await expect.poll(stored, { timeout: 10_000 }).toBeGreaterThan(1)
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
    const before = await stored()
    await onlooker.close()

    const harness = createHarness({ folder })
    await harness.orchestrator.recover()
    expect((await harness.views.run('r')).seconds).toBe(before)
    const trials = await listTrials(harness.store.db, 'r')
    const begun = trials.filter(({ startedAt }) => startedAt !== null)
    expect(begun).toHaveLength(2)
    for (const { seconds } of begun) expect(seconds).toBeGreaterThan(1)
    await harness.orchestrator.resume('r')
    expect((await harness.until('r', 'finished')).seconds).toBeGreaterThan(before)
    for (const trial of (await listTrials(harness.store.db, 'r')).slice(0, 2)) expect(trial.seconds).toBeGreaterThan(1)
    await harness.close()
  })

  it('leaves a trial that has ended meanwhile as it was stored', async () => {
    const folder = temporaryFolder()
    const harness = createHarness({ folder })
    await harness.orchestrator.create(newRun('r', { populationSize: 4, generations: 1 }))
    await harness.orchestrator.resume('r')
    await harness.until('r', 'finished')
    const before = await listTrials(harness.store.db, 'r')
    const live = createLiveRun(100, newRun('r').definition)
    live.clocks.set(before[0]!.id, () => 1000)
    const stop = keepTime({ store: harness.store, report: () => undefined }, 'r', live, 5)
    await expect.poll(async () => (await getRun(harness.store.db, 'r')).seconds).toBeGreaterThanOrEqual(100)
    stop()
    expect(await listTrials(harness.store.db, 'r')).toEqual(before)
    await harness.close()
  })

  it('tells once what could not be stored', async () => {
    const reported: unknown[] = []
    const full = new AppError('storage-failed', 'The disk is full.')
    let attempts = 0
    const write = (): Promise<never> => {
      attempts++
      return Promise.reject(full)
    }
    const stop = keepTime(
      { store: { write }, report: (thrown) => reported.push(thrown) },
      'r',
      createLiveRun(0, newRun('r').definition),
      5,
    )
    await expect.poll(() => attempts).toBeGreaterThan(2)
    stop()
    expect(reported).toEqual([full])
  })
})
