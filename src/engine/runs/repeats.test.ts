// An architecture that was evaluated before.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { AppError } from '@shared/errors'
import type { Space } from '@shared/spaces/space'
import { createToySpace } from '@shared/strategies/testing/toy-space'
import { listTrials } from '../storage/trials'
import { createHarness, quickEvaluation } from '../testing/harness'
import { newRun } from '../testing/run-fixtures'
import { temporaryFolder } from '../testing/temporary-folder'
import { pause, run } from '../testing/small-run'

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
    await run(harness, { strategy: { name: 'random' }, populationSize: 5, generations: 2 })
    expect((await harness.until('r', 'finished')).counts).toMatchObject({ finished: 2, repeats: 3 })
    expect(trained).toHaveLength(2)
    const trials = await listTrials(harness.store.db, 'r')
    const repeats = trials.filter(({ reusedFrom }) => reusedFrom !== null)
    expect(repeats).toHaveLength(3)
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
    await run(harness, { strategy: { name: 'random' }, populationSize: 5, generations: 1 }, 'second')
    await harness.until('second', 'finished')
    expect(trained).toHaveLength(2)
    await run(
      harness,
      {
        strategy: { name: 'random' },
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
    expect((await harness.until('r', 'finished')).counts).toMatchObject({ failed: 1, repeats: 2 })
    expect(calls).toBe(1)
    expect((await listTrials(harness.store.db, 'r'))[2]!.error?.message).toBe(
      'The same architecture failed as trial 1: NaN at step 3.',
    )
    await harness.close()
  })
})
