import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { AppError, type ErrorCode } from '@shared/errors'
import type { RunDefinition } from '@shared/search/run'
import type { Space } from '@shared/spaces/space'
import { createToySpace, toyFitness } from '../strategies/testing/toy-space'
import { readJournal } from '../storage/journal'
import { readEpochs } from '../storage/epochs'
import { listTrials } from '../storage/trials'
import { createHarness, epochOf, finished, quickEvaluation, type Script } from '../testing/harness'
import { forkEntry, messageOf } from '../testing/child'
import { newRun } from '../testing/run-fixtures'
import { temporaryFolder } from '../testing/temporary-folder'

type Harness = ReturnType<typeof createHarness>
const small: Partial<RunDefinition> = { populationSize: 4, generations: 3, strategy: 'ga', seed: 5 }

async function run(harness: Harness, change: Partial<RunDefinition> = {}, id = 'r'): Promise<void> {
  await harness.orchestrator.create(newRun(id, { ...small, ...change }))
  await harness.orchestrator.resume(id)
}
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const words = async ({ store }: Harness, id = 'r') => (await listTrials(store.db, id)).map(({ genotype }) => genotype)
const messages = async ({ store }: Harness, id = 'r') => (await readJournal(store.db, id)).map(({ message }) => message)

describe('a run', () => {
  it('evaluates every generation, keeps epochs, weights and journal, and finishes', async () => {
    const folder = temporaryFolder()
    const harness = createHarness({ folder })
    await run(harness)
    const ended = await harness.until('r', 'finished')
    expect(ended.counts).toMatchObject({ waiting: 0, running: 0, finished: 12, failed: 0, planned: 12 })
    expect(ended.generation).toBe(2)
    const trials = await listTrials(harness.store.db, 'r')
    expect(trials.map(({ number }) => number)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1))
    expect(Math.max(...trials.map(({ fitness }) => fitness!))).toBe(ended.bestFitness)
    for (const { genotype, fitness, weightsSha256 } of trials) {
      expect(fitness).toBe(toyFitness(genotype))
      expect(existsSync(harness.artefacts.path(weightsSha256!))).toBe(true)
    }
    expect((await readEpochs(harness.store.db, [trials[0]!.id])).get(trials[0]!.id)).toHaveLength(2)
    expect(await messages(harness)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Generation 3 of 3: 4 architectures/),
        expect.stringMatching(/^Trial 1 finished: .* % validation accuracy/),
        expect.stringContaining('is finished'),
      ]),
    )
    expect(readdirSync(path.join(folder, 'checkpoints'))).toEqual([])
    await harness.close()
  })

  it('proposes the same for the same seed, whatever the number of computes and the order of completion', async () => {
    const folder = temporaryFolder()
    const slowFirst: Script = async (trial, ...rest) => {
      await pause(trial.number % 2 === 1 ? 12 : 1)
      return quickEvaluation(folder)(trial, ...rest)
    }
    const one = createHarness({ folder: temporaryFolder(), parallel: 1 })
    const three = createHarness({ folder, parallel: 3, evaluate: slowFirst })
    await Promise.all([run(one, { strategy: 'gpt-nas' }), run(three, { strategy: 'gpt-nas' })])
    await Promise.all([one.until('r', 'finished'), three.until('r', 'finished')])
    expect(await words(three)).toEqual(await words(one))
    expect((await listTrials(one.store.db, 'r')).some(({ origin }) => origin.reconstructed.length > 0)).toBe(true)
    await run(one, { strategy: 'gpt-nas', seed: 6 }, 'other')
    await one.until('other', 'finished')
    expect(await words(one, 'other')).not.toEqual(await words(one))
    await Promise.all([one.close(), three.close()])
  })

  it('trains as many at once as there are computes, not more', async () => {
    const folder = temporaryFolder()
    let now = 0
    let most = 0
    const harness = createHarness({
      folder,
      parallel: 3,
      evaluate: async (...args) => {
        most = Math.max(most, ++now)
        await pause(5)
        now--
        return quickEvaluation(folder)(...args)
      },
    })
    await run(harness, { populationSize: 9, generations: 1 })
    await harness.until('r', 'finished')
    expect(most).toBe(3)
    await harness.close()
  })

  it('stops at its number of trials', async () => {
    const harness = createHarness({ folder: temporaryFolder() })
    await harness.orchestrator.create({ ...newRun('r', { ...small, maxTrials: 6 }), planned: 6 })
    await harness.orchestrator.resume('r')
    const ended = await harness.until('r', 'finished')
    expect(ended.counts).toMatchObject({ finished: 6, waiting: 0, planned: 6 })
    await harness.close()
  })

  it('stops at its time, also while a long trial trains', async () => {
    const harness = createHarness({ folder: temporaryFolder(), evaluate: endlessEpochs(10) })
    const startedAt = Date.now()
    await run(harness, { maxSeconds: 0.3 })
    const ended = await harness.until('r', 'finished')
    expect(Date.now() - startedAt).toBeLessThan(3000)
    expect(ended.counts.finished).toBe(0)
    expect((await listTrials(harness.store.db, 'r')).every(({ state }) => state === 'cancelled')).toBe(true)
    expect((await messages(harness)).at(-1)).toContain('time limit of 0.3 s')
    await harness.close()
  })
})

/** Epochs without end until it is asked to hold or is let go. */
function endlessEpochs(epochMs: number): Script {
  return async (_trial, _document, hooks, signal) => {
    await hooks.onStarted({ compute: 0, resumedFromEpoch: 0, stepsPerEpoch: 1, notice: null })
    for (let number = 1; ; number++) {
      await pause(epochMs)
      if (signal.aborted) throw new AppError('cancelled', 'let go')
      await hooks.onEpoch(epochOf(number, 0.1))
      if (hooks.shouldHold()) return { type: 'held' }
    }
  }
}

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
    await run(later, { strategy: 'random' })
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
    await run(mixed, { strategy: 'random' })
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
        strategy: { name: 'x', usesProposer: false, propose: () => Promise.reject(new TypeError('a bug')) },
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
            const { createRandomReconstructor } = await import('../strategies/testing/random-reconstructor')
            return createRandomReconstructor(createToySpace() as unknown as Space).reconstruct(requests)
          },
        },
      }),
    })
    await Promise.all([run(plain, { strategy: 'gpt-nas' }), run(dying, { strategy: 'gpt-nas' })])
    await Promise.all([plain.until('r', 'finished'), dying.until('r', 'finished')])
    expect(deaths).toBeGreaterThan(2)
    expect(await words(dying)).toEqual(await words(plain))
    await Promise.all([plain.close(), dying.close()])
  })
})

describe('repeats', () => {
  it('of one architecture are trained once, in a run and across runs, and say whose result they have', async () => {
    const folder = temporaryFolder()
    const trained: number[] = []
    const harness = createHarness({
      folder,
      parallel: 3,
      // One digit, two letters: two architectures in all.
      space: createToySpace(2, 1) as unknown as Space,
      evaluate: async (trial, ...rest) => {
        trained.push(trial.id)
        await pause(5)
        return quickEvaluation(folder)(trial, ...rest)
      },
    })
    await run(harness, { strategy: 'random', populationSize: 5, generations: 2 })
    expect((await harness.until('r', 'finished')).counts.finished).toBe(10)
    expect(trained).toHaveLength(2)
    const trials = await listTrials(harness.store.db, 'r')
    const repeats = trials.filter(({ reusedFrom }) => reusedFrom !== null)
    expect(repeats).toHaveLength(8)
    for (const repeat of repeats) {
      const source = trials.find(({ id }) => id === repeat.reusedFrom)!
      expect(repeat).toMatchObject({
        fitness: source.fitness,
        weightsSha256: source.weightsSha256,
        architectureHash: source.architectureHash,
        seconds: 0,
      })
      expect(trained).toContain(source.id)
    }
    await run(harness, { strategy: 'random', populationSize: 5, generations: 1 }, 'second')
    await harness.until('second', 'finished')
    expect(trained).toHaveLength(2)
    await run(
      harness,
      {
        strategy: 'random',
        populationSize: 5,
        generations: 1,
        recipe: { ...newRun('x').definition.recipe, epochs: 3 },
      },
      'third',
    )
    await harness.until('third', 'finished')
    expect(trained.length).toBeGreaterThan(2)

    // The weights outlive the run that trained them while a repeat needs them.
    await harness.orchestrator.remove('r')
    const [left] = await listTrials(harness.store.db, 'second')
    expect(readFileSync(harness.artefacts.path(left!.weightsSha256!), 'utf8')).toContain('weights of')
    await harness.close()
  })

  it('of an architecture that failed fail too, without being trained again', async () => {
    const folder = temporaryFolder()
    let calls = 0
    const harness = createHarness({
      folder,
      space: createToySpace(1, 1) as unknown as Space,
      evaluate: () => {
        calls++
        throw new AppError('diverged', 'NaN at step 3.')
      },
    })
    await run(harness, { populationSize: 3, generations: 1 })
    expect((await harness.until('r', 'finished')).counts.failed).toBe(3)
    expect(calls).toBe(1)
    expect((await listTrials(harness.store.db, 'r'))[2]!.error?.message).toBe(
      'The same architecture failed as trial 1: NaN at step 3.',
    )
    await harness.close()
  })
})

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
