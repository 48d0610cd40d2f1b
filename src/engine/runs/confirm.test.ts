// The best of a search, evaluated again with other seeds before it ends: which, how many, once each, also across interruptions.
import { afterEach, expect, it } from 'vitest'
import { isConfirmation } from '@shared/search/confirmations'
import type { RunDefinitionInput } from '@shared/search/run'
import type { Space } from '@shared/spaces/space'
import { createToySpace, toyFitness } from '@shared/strategies/testing/toy-space'
import { createRandom } from '@shared/random'
import { strategyByName } from '@shared/strategies/registry'
import { getRun } from '../storage/runs'
import { bestTrial, listTrials } from '../storage/trials'
import { listChanges } from '../storage/run-changes'
import { createHarness, finished } from '../testing/harness'
import { messages, pause, run, type Harness } from '../testing/small-run'
import { temporaryFolder } from '../testing/temporary-folder'
import { expectedWinner } from './run-winner'
import { verifyRun } from './verify'

const space: Space = createToySpace()
const wish: Partial<RunDefinitionInput> = {
  confirmBest: 2,
  confirmSeeds: 2,
  confirmShare: 0.4,
  strategy: { name: 'random' },
}

let opened: Harness | undefined
afterEach(async () => {
  await opened?.close()
  opened = undefined
})

/** The toy landscape with noise by seed; a confirmation is an evaluation of its own. */
function harnessOf(folder: string, waitMs = 0): Harness {
  return createHarness({
    folder,
    parallel: 1,
    evaluate: async (trial) => {
      if (waitMs > 0) await pause(waitMs)
      const random = createRandom(trial.origin.confirms?.seed ?? 0).fork(trial.architectureHash)
      return finished(folder, trial.id, toyFitness(trial.genotype) + 0.1 * (random.next() - 0.5))
    },
    prepare: () => ({
      describe: ({ genotype, origin }) => ({
        genotype,
        document: { of: genotype },
        architectureHash: space.canonicalKey(genotype),
        evaluationKey: `${space.canonicalKey(genotype)}-${origin.confirms?.seed ?? 0}`,
        origin,
        parameters: 1,
        macs: 1,
      }),
    }),
  })
}
const confirmationsOf = async ({ store }: Harness) => (await listTrials(store.db, 'r')).filter(isConfirmation)
const shape = async (harness: Harness) =>
  (await confirmationsOf(harness)).map(({ number, origin, fitness, genotype }) => ({
    ...{ number, fitness, genotype, confirms: origin.confirms },
  }))

it('evaluates the best again with other seeds, within the budget, and stays with what the search measured best', async () => {
  const harness = (opened = harnessOf(temporaryFolder()))
  await run(harness, wish)
  expect(await harness.until('r', 'finished')).toMatchObject({
    end: 'evaluations',
    counts: { finished: 12, planned: 12 },
  })
  const trials = await listTrials(harness.store.db, 'r')
  const searched = trials.filter((trial) => !isConfirmation(trial) && !trial.isRepeat)
  expect(searched).toHaveLength(8)
  const confirmations = await confirmationsOf(harness)
  expect(confirmations.map(({ origin: { confirms } }) => confirms?.seed)).toEqual([1, 2, 1, 2])
  const best = [...searched].sort((a, b) => (b.fitness ?? 0) - (a.fitness ?? 0)).slice(0, 2)
  expect(new Set(confirmations.map(({ origin: { confirms } }) => confirms?.trialId))).toEqual(
    new Set(best.map(({ id }) => id)),
  )
  expect((await bestTrial(harness.store.db, 'r'))?.id).toBe(best[0]?.id)
  expect((await messages(harness)).filter((line) => line.startsWith('Before a winner is named'))).toHaveLength(1)
})

it('names a winner with the mean of its seeds and the noise that they measured', async () => {
  const harness = (opened = harnessOf(temporaryFolder()))
  await run(harness, { ...wish, generations: 6, confirmBest: 4 })
  await harness.until('r', 'finished')
  const { db } = harness.store
  const winner = await expectedWinner(await getRun(db, 'r'), await listTrials(db, 'r'), space)
  expect(winner).toMatchObject({ results: 24, confirmed: { results: 3 }, noise: { freedom: 8 } })
  expect(winner?.noise?.deviation).toBeGreaterThan(0)
  expect(winner?.noise?.deviation).toBeLessThan(0.06)
})

it('goes on after an interruption at any trial as the undisturbed run does', async () => {
  const undisturbed = harnessOf(temporaryFolder())
  await run(undisturbed, wish)
  await undisturbed.until('r', 'finished')
  const expected = await shape(undisturbed)
  await undisturbed.close()
  for (const after of [3, 8, 9, 11]) {
    const folder = temporaryFolder()
    const before = harnessOf(folder, 3)
    await run(before, wish)
    for (;;) {
      const done = (await listTrials(before.store.db, 'r')).filter(({ state }) => state === 'finished').length
      if (done >= after || before.orchestrator.live('r') === undefined) break
      await pause(1)
    }
    await before.close()
    const harness = harnessOf(folder)
    await harness.orchestrator.recover()
    if ((await harness.views.run('r')).state !== 'finished') await harness.orchestrator.resume('r')
    await harness.until('r', 'finished')
    expect(await shape(harness)).toEqual(expected)
    await harness.close()
  }
})

it('keeps its share of the time, and gives up what of the search still waits then', async () => {
  const folder = temporaryFolder()
  const harness = (opened = harnessOf(folder))
  await run(harness, { ...wish, maxSeconds: 0.5, generations: 1000, confirmShare: 0.5 })
  const done = await harness.until('r', 'finished')
  expect(done.end).toBe('time')
  expect((await confirmationsOf(harness)).length).toBeGreaterThan(0)
})

it('is replayed as it was, and is seen by no strategy', async () => {
  const harness = (opened = harnessOf(temporaryFolder()))
  await run(harness, { ...wish, strategy: { name: 'ga' } })
  await harness.until('r', 'finished')
  const { db } = harness.store
  const record = await getRun(db, 'r')
  const { matches } = await verifyRun({
    run: record,
    trials: await listTrials(db, 'r'),
    changes: await listChanges(db, 'r'),
    proposing: { space, strategy: strategyByName('ga'), seeds: [] },
    signal: new AbortController().signal,
  })
  expect(matches).toBe(true)
})
