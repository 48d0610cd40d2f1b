// Which budget ends a run, that repeats take none of it, and that none of it depends on pauses or on what trains at once.
import { afterEach, describe, expect, it } from 'vitest'
import { createToySpace } from '@shared/strategies/testing/toy-space'
import { MOST_REPEATS } from '@shared/search/evaluations'
import type { Space } from '@shared/spaces/space'
import { readEpochs } from '../storage/epochs'
import { listTrials } from '../storage/trials'
import { createHarness, epochOf, finished, quickEvaluation, type HarnessOptions, type Script } from '../testing/harness'
import { messages, pause, run, words, type Harness } from '../testing/small-run'
import { temporaryFolder } from '../testing/temporary-folder'

const toy = (alphabet: number, length: number): Space => createToySpace(alphabet, length) as unknown as Space
const open: Harness[] = []
function harnessOf(options: Partial<HarnessOptions> = {}): Harness {
  const harness = createHarness({ folder: temporaryFolder(), ...options })
  open.push(harness)
  return harness
}
afterEach(async () => {
  for (const harness of open.splice(0)) await harness.close()
})

describe('the budget of evaluations', () => {
  it('counts distinct architectures: repeats are shown apart, and make room for others', async () => {
    const harness = harnessOf()
    await run(harness)
    const ended = await harness.until('r', 'finished')
    expect(ended).toMatchObject({ end: 'evaluations', counts: { finished: 12, failed: 0, planned: 12 } })
    const trials = await listTrials(harness.store.db, 'r')
    expect(new Set(trials.map(({ evaluationKey }) => evaluationKey)).size).toBe(12)
    // The elite is proposed again in every generation but the first.
    const repeats = trials.filter(({ isRepeat }) => isRepeat)
    expect(repeats.length).toBeGreaterThanOrEqual(2)
    expect(repeats.every(({ origin, reusedFrom }) => origin.operator === 'elite' && reusedFrom !== null)).toBe(true)
    expect(ended.counts.repeats).toBe(repeats.length)
    expect(trials).toHaveLength(12 + repeats.length)
    // Nothing follows the last evaluation.
    expect(trials.at(-1)?.isRepeat).toBe(false)
  })

  it('is told in the journal with the repeats of each generation', async () => {
    const harness = harnessOf()
    await run(harness)
    await harness.until('r', 'finished')
    const told = await messages(harness)
    expect(told).toContainEqual(expect.stringMatching(/^Generation 2: 4 architectures proposed, 1 of them a repeat\.$/))
    expect(told.at(-1)).toBe('All 12 planned evaluations have a result: the search is finished.')
  })

  it('counts a result of another run: what a run evaluates does not depend on what was searched before', async () => {
    const harness = harnessOf()
    await run(harness)
    await run(harness, {}, 'again')
    expect(await harness.until('again', 'finished')).toMatchObject({ end: 'evaluations', counts: { finished: 12 } })
    expect(await words(harness, 'again')).toEqual(await words(harness))
  })
})

describe('a search that may end by itself', () => {
  const sought = { strategy: { name: 'gp-ei' as const }, populationSize: 5, generations: 12 }

  it('ends where less than the noise is left to gain, at a ten of evaluations, and says what it expected', async () => {
    const harness = harnessOf()
    await run(harness, { ...sought, stopBelow: 10 })
    // All figures of the landscape lie between 0 and 1: nothing could gain so much.
    expect(await harness.until('r', 'finished')).toMatchObject({ end: 'gain', counts: { finished: 20 } })
    expect((await messages(harness)).slice(-2)).toEqual([
      expect.stringMatching(
        /^After 20 evaluations another one can be expected to gain \d+\.\d\d %, less than the noise of 1000\.00 %\.$/,
      ),
      'Another evaluation can be expected to gain less than the noise of 1000.00 %: the search ends by itself.',
    ])
  })

  it('goes on to its budget where more than the noise is left, and where nobody asked', async () => {
    for (const stopBelow of [1e-9, null]) {
      const harness = harnessOf()
      await run(harness, { ...sought, generations: 5, stopBelow })
      expect(await harness.until('r', 'finished')).toMatchObject({ end: 'evaluations' })
    }
  })
})

describe('a space that is used up', () => {
  it('ends the run, which says so', async () => {
    const harness = harnessOf({ space: toy(3, 2) })
    await run(harness, { populationSize: 4, generations: 10 })
    const ended = await harness.until('r', 'finished')
    expect(ended).toMatchObject({ end: 'space', counts: { finished: 9, planned: 40, waiting: 0 } })
    expect((await messages(harness)).at(-1)).toBe('Every architecture was tried: the space is used up.')
  })

  it('ends it also where all architectures but one fail', async () => {
    const folder = temporaryFolder()
    const evaluate: Script = async (trial, ...rest) => {
      if (trial.number > 1) throw new Error('broken')
      return quickEvaluation(folder)(trial, ...rest)
    }
    const harness = harnessOf({ folder, evaluate, space: toy(2, 2) })
    await run(harness, { strategy: { name: 'random' }, populationSize: 2, generations: 10 })
    expect(await harness.until('r', 'finished')).toMatchObject({ end: 'space', counts: { finished: 1, failed: 3 } })
  })
})

describe('a strategy that proposes the same again and again', () => {
  it('is not asked for ever', async () => {
    // One that holds nine, of which the strategy is shown two.
    const nine = toy(3, 2)
    const space: Space = { ...toy(2, 1), size: nine.size.bind(nine) }
    const harness = harnessOf({ space })
    await run(harness, { strategy: { name: 'random' }, populationSize: 20, generations: 20 })
    const ended = await harness.until('r', 'finished')
    expect(ended).toMatchObject({ end: 'repeats', counts: { finished: 2 } })
    expect(ended.counts.repeats).toBeGreaterThanOrEqual(MOST_REPEATS)
    expect(ended.counts.repeats).toBeLessThan(MOST_REPEATS + 40)
    expect((await messages(harness)).at(-1)).toMatch(/200 proposals in a row were repeats/)
  })
})

describe('the budget of epochs', () => {
  /** A training of `recipe.epochs` epochs, or of as many as `stopsAfter` says, each a moment long. */
  const training =
    (folder: string, epochs: number, stopsAfter: (number: number) => number = () => epochs): Script =>
    async (trial, _document, hooks) => {
      await hooks.onStarted({ compute: 0, resumedFromEpoch: 0, stepsPerEpoch: 1, notice: null })
      for (let epoch = 1; epoch <= stopsAfter(trial.number); epoch++) {
        await pause(1 + (trial.number % 3) * 3)
        await hooks.onEpoch(epochOf(epoch, 0.1))
      }
      return finished(folder, trial.id, trial.number / 100)
    }
  const trained = async ({ store }: Harness): Promise<[number, number][]> => {
    const trials = (await listTrials(store.db, 'r')).filter(({ state, isRepeat }) => state === 'finished' && !isRepeat)
    const epochs = await readEpochs(
      store.db,
      trials.map(({ id }) => id),
    )
    return trials.map(({ id, number }) => [number, epochs.get(id)?.length ?? 0])
  }
  const recipe = { epochs: 3 }

  it.each([1, 2, 5])('begins no training that it has no room for, with %i at once', async (parallel) => {
    const folder = temporaryFolder()
    const harness = harnessOf({ folder, parallel, evaluate: training(folder, 3) })
    await run(harness, { recipe, maxEpochs: 20, generations: 10 })
    const ended = await harness.until('r', 'finished')
    expect(ended).toMatchObject({ end: 'epochs', epochs: 18, counts: { finished: 6, running: 0, waiting: 0 } })
    expect((await messages(harness)).at(-1)).toBe('The budget of 20 epochs has no room for another training.')
  })

  it('gives what a training that ends early leaves to later ones, the same with any number at once', async () => {
    const outcomes = []
    for (const parallel of [1, 2, 5]) {
      const folder = temporaryFolder()
      const evaluate = training(folder, 3, (number) => (number % 2 === 0 ? 1 : 3))
      const harness = harnessOf({ folder, parallel, evaluate })
      await run(harness, { recipe, maxEpochs: 13, generations: 10 })
      expect(await harness.until('r', 'finished')).toMatchObject({ end: 'epochs' })
      outcomes.push(await trained(harness))
    }
    // The fifth trial is the elite again. One epoch is left: too few for a training that may need three.
    expect(outcomes[0]?.map(([, epochs]) => epochs)).toEqual([3, 1, 3, 1, 1, 3])
    expect(outcomes[1]).toEqual(outcomes[0])
    expect(outcomes[2]).toEqual(outcomes[0])
  })

  it('is counted on over pauses', async () => {
    const folder = temporaryFolder()
    const harness = harnessOf({ folder, parallel: 2, evaluate: training(folder, 3) })
    await run(harness, { recipe, maxEpochs: 20, generations: 10 })
    for (let times = 0; times < 3; times++) {
      await pause(25)
      await harness.orchestrator.pause('r').catch(() => undefined)
      if ((await harness.until('r', 'paused', 'finished')).state === 'finished') break
      await harness.orchestrator.resume('r')
    }
    expect(await harness.until('r', 'finished')).toMatchObject({ end: 'epochs', epochs: 18, counts: { finished: 6 } })
  })
})

describe('the budget of time', () => {
  it('is the end where it comes first', async () => {
    const folder = temporaryFolder()
    const evaluate: Script = async (...args) => {
      await pause(60)
      return quickEvaluation(folder)(...args)
    }
    const harness = harnessOf({ folder, parallel: 1, evaluate })
    await run(harness, { maxSeconds: 0.2, maxEpochs: 1000 })
    expect(await harness.until('r', 'finished')).toMatchObject({ end: 'time' })
  })
})
