// A run from its first generation to its end, with an evaluator that answers at once.
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { toyFitness } from '@shared/strategies/testing/toy-space'
import { readEpochs } from '../storage/epochs'
import { listTrials } from '../storage/trials'
import { createHarness, quickEvaluation, type Script } from '../testing/harness'
import { newRun } from '../testing/run-fixtures'
import { temporaryFolder } from '../testing/temporary-folder'
import { endlessEpochs, messages, pause, run, small, words } from '../testing/small-run'

describe('a run', () => {
  it('evaluates every generation, keeps epochs, weights and journal, and finishes', async () => {
    const folder = temporaryFolder()
    const harness = createHarness({ folder })
    await run(harness)
    const ended = await harness.until('r', 'finished')
    expect(ended.counts).toMatchObject({ waiting: 0, running: 0, finished: 12, failed: 0, planned: 12 })
    // One more than three: the elite is proposed again in each, and takes no place.
    expect(ended.generation).toBe(3)
    const trials = await listTrials(harness.store.db, 'r')
    expect(trials.map(({ number }) => number)).toEqual(Array.from({ length: 15 }, (_, index) => index + 1))
    expect(Math.max(...trials.map(({ fitness }) => fitness!))).toBe(ended.bestFitness)
    for (const { genotype, fitness, weightsSha256 } of trials) {
      expect(fitness).toBe(toyFitness(genotype))
      expect(existsSync(harness.artefacts.path(weightsSha256!))).toBe(true)
    }
    expect((await readEpochs(harness.store.db, [trials[0]!.id])).get(trials[0]!.id)).toHaveLength(2)
    expect(await messages(harness)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Generation 3: 4 architectures/),
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
    await Promise.all([
      run(one, { strategy: { name: 'gpt-nas:paper' } }),
      run(three, { strategy: { name: 'gpt-nas:paper' } }),
    ])
    await Promise.all([one.until('r', 'finished'), three.until('r', 'finished')])
    expect(await words(three)).toEqual(await words(one))
    expect((await listTrials(one.store.db, 'r')).some(({ origin }) => origin.reconstructed.length > 0)).toBe(true)
    await run(one, { strategy: { name: 'gpt-nas:paper' }, seed: 6 }, 'other')
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

  it('stops at its number of evaluations', async () => {
    const harness = createHarness({ folder: temporaryFolder() })
    await harness.orchestrator.create({ ...newRun('r', { ...small, maxEvaluations: 6 }), planned: 6 })
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
