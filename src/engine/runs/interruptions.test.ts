// Pause, stop, a closed and a killed engine: nothing lost, nothing repeated.
import { existsSync, rmSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { AppError } from '@shared/errors'
import { toyFitness } from '@shared/strategies/testing/toy-space'
import { listTrials } from '../storage/trials'
import { createHarness, epochOf, finished, quickEvaluation, type Script } from '../testing/harness'
import { forkEntry, messageOf } from '../testing/child'
import { newRun } from '../testing/run-fixtures'
import { temporaryFolder } from '../testing/temporary-folder'
import { endlessEpochs, pause, run, small, words } from '../testing/small-run'

describe('pause, stop and the end of the program', () => {
  /** Three epochs of 15 ms that go on after the epochs already stored, as a compute does from its checkpoint. */
  const resumable = (folder: string, told: string[]): Script => {
    const checkpoints = new Map<number, number>()
    return async (trial, _document, hooks, signal) => {
      const done = checkpoints.get(trial.number) ?? 0
      await hooks.onStarted({ compute: 0, resumedFromEpoch: done, stepsPerEpoch: 1, notice: null })
      for (let number = done + 1; number <= 3; number++) {
        await pause(15)
        if (signal.aborted) throw new AppError('cancelled', 'let go')
        checkpoints.set(trial.number, number)
        told.push(`${trial.number}.${number}`)
        await hooks.onEpoch(epochOf(number, 0.1 * number))
        if (hooks.shouldHold() && number < 3) return { type: 'held' }
      }
      return finished(folder, trial.id, toyFitness(trial.genotype))
    }
  }

  it('pause lets trials reach their checkpoint, resume goes on from it, and the outcome is that of an undisturbed run', async () => {
    const calm = createHarness({ folder: temporaryFolder() })
    await run(calm)
    await calm.until('r', 'finished')

    const folder = temporaryFolder()
    const told: string[] = []
    const harness = createHarness({ folder, evaluate: resumable(folder, told) })
    await run(harness)
    for (let times = 0; times < 4; times++) {
      await pause(40)
      await harness.orchestrator.pause('r')
      const held = await harness.until('r', 'paused', 'finished')
      if (held.state === 'finished') break
      expect(held.counts.running).toBe(0)
      expect(held.seconds).toBeGreaterThan(0)
      await harness.orchestrator.resume('r')
    }
    const ended = await harness.until('r', 'finished')
    expect(ended.counts.finished).toBe(12)
    expect(await words(harness)).toEqual(await words(calm))
    // No epoch was trained twice.
    expect(new Set(told).size).toBe(told.length)
    await Promise.all([calm.close(), harness.close()])
  })

  it('stop lets go at once, cancels what is left and is final', async () => {
    const harness = createHarness({ folder: temporaryFolder(), evaluate: endlessEpochs(5) })
    await run(harness)
    await pause(30)
    await harness.orchestrator.stop('r')
    const ended = await harness.views.run('r')
    expect(ended).toMatchObject({ state: 'stopped', counts: { waiting: 0, running: 0 } })
    expect(ended.finishedAt).not.toBeNull()
    await expect(harness.orchestrator.resume('r')).rejects.toMatchObject({ code: 'conflict' })
    await harness.close()
  })

  it('refuses what makes no sense in a state, and a second start of a going run', async () => {
    const harness = createHarness({ folder: temporaryFolder(), evaluate: endlessEpochs(5) })
    await harness.orchestrator.create(newRun('r', small))
    await expect(harness.orchestrator.pause('r')).rejects.toMatchObject({ code: 'conflict' })
    const both = await Promise.allSettled([harness.orchestrator.resume('r'), harness.orchestrator.resume('r')])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    await expect(harness.orchestrator.remove('r')).rejects.toMatchObject({ code: 'conflict' })
    await expect(harness.orchestrator.resume('unknown')).rejects.toMatchObject({ code: 'not-found' })
    await harness.close()
  })

  it('closing the program stores runs as interrupted; opened again they wait, and resume without losing or repeating', async () => {
    const folder = temporaryFolder()
    const told: string[] = []
    const evaluate = resumable(folder, told)
    const before = createHarness({ folder, evaluate })
    await run(before)
    await expect.poll(async () => (await before.views.run('r')).counts.finished, { timeout: 10_000 }).toBeGreaterThan(0)
    await before.close()
    const after = createHarness({ folder, evaluate })
    expect(await after.orchestrator.recover()).toEqual([])
    const interrupted = await after.views.run('r')
    expect(interrupted).toMatchObject({ state: 'interrupted', counts: { running: 0 } })
    const finishedBefore = (await listTrials(after.store.db, 'r')).filter(({ state }) => state === 'finished')
    expect(finishedBefore.length).toBeGreaterThan(0)
    await after.orchestrator.resume('r')
    await after.until('r', 'finished')
    expect(new Set(told).size).toBe(told.length)
    const all = await listTrials(after.store.db, 'r')
    for (const trial of finishedBefore) expect(all).toContainEqual(trial)
    await after.close()
  })

  it('a killed engine: the run is interrupted, no finished trial is lost or evaluated again, proposals are the same', async () => {
    const calm = createHarness({ folder: temporaryFolder() })
    await run(calm, { generations: 6 })
    await calm.until('r', 'finished')

    const folder = temporaryFolder()
    const child = await forkEntry(path.join(__dirname, '../testing/killed-engine.ts'), [folder])
    // In the middle of the third generation.
    await messageOf(child, (message) => message === 10)
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone

    const evaluated: number[] = []
    const harness = createHarness({
      folder,
      evaluate: (trial, ...rest) => {
        evaluated.push(trial.number)
        return quickEvaluation(folder)(trial, ...rest)
      },
    })
    expect((await harness.views.run('r')).state).toBe('running')
    expect(await harness.orchestrator.recover()).toEqual(['r'])
    expect((await harness.views.run('r')).state).toBe('interrupted')
    const kept = (await listTrials(harness.store.db, 'r')).filter(({ state }) => state === 'finished')
    expect(kept.length).toBeGreaterThanOrEqual(8)
    await harness.orchestrator.resume('r')
    await harness.until('r', 'finished')
    expect(await words(harness)).toEqual(await words(calm))
    const keptNumbers = new Set(kept.map(({ number }) => number))
    expect(evaluated.filter((number) => keptNumbers.has(number))).toEqual([])
    expect(new Set(evaluated).size).toBe(evaluated.length)
    const trials = await listTrials(harness.store.db, 'r')
    for (const trial of kept) expect(trials).toContainEqual(trial)
    await Promise.all([calm.close(), harness.close()])
  })

  it('an end that cannot be stored is shown, and the run can go on when the disk can be written again', async () => {
    const folder = temporaryFolder()
    const harness = createHarness({ folder })
    const { write } = harness.store
    let isFull = false
    Object.assign(harness.store, {
      write: (fact: Parameters<typeof write>[0]) =>
        isFull ? Promise.reject(new AppError('storage-failed', 'The disk is full.', 'Free some space.')) : write(fact),
    })
    await harness.orchestrator.create(newRun('r', small))
    await harness.orchestrator.resume('r')
    isFull = true
    const stuck = await harness.until('r', 'interrupted')
    expect(stuck.error).toMatchObject({ code: 'storage-failed', fix: 'Free some space.' })
    isFull = false
    await harness.orchestrator.resume('r')
    expect(await harness.until('r', 'finished')).toMatchObject({ error: null, counts: { finished: 12 } })
    await harness.close()
  })

  it('a removed run takes its checkpoints and weights with it', async () => {
    const folder = temporaryFolder()
    const harness = createHarness({ folder })
    await run(harness)
    await harness.until('r', 'finished')
    const sha256 = (await listTrials(harness.store.db, 'r')).map(({ weightsSha256 }) => weightsSha256!)
    await harness.close()
    const again = createHarness({ folder })
    await again.orchestrator.remove('r')
    expect(await again.views.list()).toEqual([])
    expect(sha256.filter((hash) => existsSync(again.artefacts.path(hash)))).toEqual([])
    await again.close()
    rmSync(folder, { recursive: true, force: true })
  })
})
