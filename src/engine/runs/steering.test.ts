// People in the loop of a going run: what they change, put in, forbid or move holds from where they did it, is replayed, and comes out
// the same where the program was ended in between.
import { afterEach, describe, expect, it } from 'vitest'
import { AppError } from '@shared/errors'
import { toyFitness } from '@shared/strategies/testing/toy-space'
import { strategyByName } from '@shared/strategies/registry'
import { createRandomReconstructor } from '@shared/strategies/random-reconstructor'
import { listChanges } from '../storage/run-changes'
import { getRun } from '../storage/runs'
import { listTrials } from '../storage/trials'
import { listQueue } from '../storage/trial-queue'
import { createHarness, quickEvaluation, type Script } from '../testing/harness'
import { newRun } from '../testing/run-fixtures'
import { messages, run, type Harness } from '../testing/small-run'
import { temporaryFolder } from '../testing/temporary-folder'
import { changeRun, orderQueue } from './change-run'
import { injectTrial } from './inject'
import { verifyRun } from './verify'

const open: Harness[] = []
afterEach(async () => {
  for (const harness of open.splice(0)) await harness.close()
})

/** One trial at a time; the sixth waits until `go` was called, and tells that it has begun. */
function gated(folder: string) {
  let go = (): void => undefined
  const opened = new Promise<void>((resolve) => (go = resolve))
  let tellBegun = (): void => undefined
  const begun = new Promise<void>((resolve) => (tellBegun = resolve))
  const order: number[] = []
  const evaluate: Script = async (trial, document, hooks, signal) => {
    order.push(trial.number)
    if (trial.number === 6) {
      tellBegun()
      await Promise.race([opened, new Promise((resolve) => signal.addEventListener('abort', resolve))])
      if (signal.aborted) throw new AppError('cancelled', 'let go')
    }
    return quickEvaluation(folder)(trial, document, hooks, signal)
  }
  const harness = createHarness({ folder, evaluate, parallel: 1 })
  open.push(harness)
  return { harness, go, begun, order }
}

const word = (digits: string) => ({ space: 'toy', digits: [...digits].map(Number) })
const spaceOf = (harness: Harness) => async () =>
  (await harness.orchestrator.prepared(await getRun(harness.store.db, 'r'))).space

async function change(harness: Harness, values: Record<string, unknown>): Promise<void> {
  const space = await spaceOf(harness)()
  await changeRun(harness, 'r', values, () => space)
}

async function replayed(harness: Harness) {
  const { store } = harness
  const record = await getRun(store.db, 'r')
  const { space } = await harness.orchestrator.prepared(record)
  return verifyRun({
    run: record,
    trials: await listTrials(store.db, 'r'),
    changes: await listChanges(store.db, 'r'),
    proposing: {
      space,
      strategy: strategyByName(record.definition.strategy.name),
      seeds: [],
      reconstructor: createRandomReconstructor(space),
    },
    repeat: (genotype) => ({ fitness: toyFitness(genotype), costs: {} }),
    signal: new AbortController().signal,
  })
}

/** Everything at once, while the sixth trial is evaluated. */
async function disturb(harness: Harness): Promise<void> {
  const { strategy } = (await getRun(harness.store.db, 'r')).definition
  if ('mutationRate' in strategy) await change(harness, { 'strategy.mutationRate': 1 })
  await change(harness, { generations: 4, bans: ['digit-7', '1=digit-0'], pins: ['2=digit-5'] })
  await injectTrial(harness, 'r', { from: 'genotype', genotype: word('3514159265') })
  const last = (await listQueue(harness.store.db, 'r')).at(-1)
  await orderQueue(harness, 'r', [last!.id])
}

const outcome = async ({ store }: Harness) =>
  (await listTrials(store.db, 'r')).map(({ number, generation, genotype, fitness, origin: { operator } }) => ({
    ...{ number, generation, genotype, fitness, operator },
  }))

describe.each(['ga', 'gp-ei', 'gpt-nas:paper', 'regularised-evolution', 'local-search', 'random'] as const)(
  'a going run of %s that a person changes',
  (name) => {
    it('takes it from its next generation on, and comes out the same where the program ended in between', async () => {
      const calm = gated(temporaryFolder())
      await run(calm.harness, { strategy: { name } })
      await calm.begun
      await disturb(calm.harness)
      calm.go()
      await calm.harness.until('r', 'finished')
      const trials = await outcome(calm.harness)
      expect(trials.filter(({ operator }) => operator === 'injected')).toMatchObject([{ number: 9, generation: 1 }])
      const later = trials.filter(({ generation }) => generation > 1)
      expect(later.length).toBeGreaterThan(0)
      for (const { genotype } of later) {
        const { digits } = genotype as { digits: number[] }
        expect(digits).not.toContain(7)
        expect(digits[0]).not.toBe(0)
        expect(digits[1]).toBe(5)
      }
      expect(await replayed(calm.harness)).toMatchObject({ matches: true, evaluations: trials.length })

      const folder = temporaryFolder()
      const first = gated(folder)
      await run(first.harness, { strategy: { name } })
      await first.begun
      await disturb(first.harness)
      await first.harness.close()
      open.splice(open.indexOf(first.harness), 1)
      const second = gated(folder)
      second.go()
      await second.harness.orchestrator.recover()
      await second.harness.orchestrator.resume('r')
      await second.harness.until('r', 'finished')
      expect(await outcome(second.harness)).toEqual(trials)
      expect(await replayed(second.harness)).toMatchObject({ matches: true })
    })
  },
)

describe('an architecture that a person puts in', () => {
  it('is evaluated next, before what waits; the order of the rest is what was asked for', async () => {
    const { harness, go, begun, order } = gated(temporaryFolder())
    await run(harness)
    await begun
    const waiting = await listQueue(harness.store.db, 'r')
    expect(waiting.map(({ number }) => number)).toEqual([7, 8])
    await orderQueue(harness, 'r', [waiting[1]!.id])
    expect(await injectTrial(harness, 'r', { from: 'genotype', genotype: word('3141592653') })).toBe(9)
    go()
    await harness.until('r', 'finished')
    expect(order.slice(order.indexOf(6), order.indexOf(6) + 4)).toEqual([6, 9, 8, 7])
    expect(await messages(harness)).toEqual(
      expect.arrayContaining([
        'Order changed by hand: trial 8 next.',
        'Trial 9 was put in by hand and is evaluated next.',
      ]),
    )
    // The strategy saw it: nothing is better, so the next generation keeps it.
    const best = (await listTrials(harness.store.db, 'r')).find(({ number }) => number === 9)!
    expect(best.fitness).toBe(1)
    const elite = (await listTrials(harness.store.db, 'r')).find(
      ({ generation, origin }) => generation === 2 && origin.operator === 'elite',
    )
    expect(elite?.origin.parents).toEqual([best.id])
  })

  it('can come before the first generation, and takes one evaluation of the budget', async () => {
    const harness = createHarness({ folder: temporaryFolder() })
    open.push(harness)
    await harness.orchestrator.create(newRun('r', { populationSize: 4, generations: 2, seed: 5 }))
    await injectTrial(harness, 'r', { from: 'genotype', genotype: word('3141592653') })
    await harness.orchestrator.resume('r')
    const ended = await harness.until('r', 'finished')
    expect(ended.counts).toMatchObject({ finished: 8, planned: 8 })
    expect((await listTrials(harness.store.db, 'r'))[0]).toMatchObject({ generation: 0, fitness: 1 })
    expect(await replayed(harness)).toMatchObject({ matches: true })
  })

  it('is refused where the run has it, has no room, is over, or what is banned is in it', async () => {
    const { harness, go, begun } = gated(temporaryFolder())
    await run(harness, { maxEvaluations: 7 })
    await begun
    const put = (digits: string) => injectTrial(harness, 'r', { from: 'genotype', genotype: word(digits) })
    await expect(put('0000000000')).rejects.toMatchObject({
      code: 'conflict',
      commandLine: expect.stringContaining('--set generations=4') as string,
    })
    await change(harness, { maxEvaluations: 9, bans: ['digit-0'] })
    await expect(put('0000000000')).rejects.toMatchObject({
      code: 'invalid-architecture',
      message: expect.stringContaining('digit-0 is banned') as string,
    })
    const [held] = await listTrials(harness.store.db, 'r')
    await change(harness, { bans: [] })
    await expect(injectTrial(harness, 'r', { from: 'trial', id: held!.id })).rejects.toMatchObject({
      message: 'Run 1 has this architecture: it is trial 1.',
    })
    go()
    await harness.until('r', 'finished')
    await expect(put('1111111111')).rejects.toMatchObject({ code: 'conflict' })
    expect(await replayed(harness)).toMatchObject({ matches: true })
  })
})

describe('rules that nothing can keep', () => {
  it.each<[string, Record<string, unknown>, RegExp]>([
    ['a name that the space has not', { bans: ['conv9x9'] }, /has no "conv9x9"/],
    ['a pin that is banned', { bans: ['digit-1'], pins: ['digit-1'] }, /contradicts the ban of digit-1/],
    ['two pins at one place', { pins: ['1=digit-1', '1=digit-2'] }, /contradicts the pin 1=digit-1/],
    ['a place that no architecture has', { pins: ['99=digit-1'] }, /leave no architecture/],
    [
      'everything banned',
      { bans: Array.from({ length: 10 }, (_, digit) => `digit-${digit}`) },
      /leave no architecture/,
    ],
  ])('are refused: %s', async (_what, values, message) => {
    const { harness, begun, go } = gated(temporaryFolder())
    await run(harness)
    await begun
    await expect(change(harness, values)).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(message) as string,
    })
    expect(await listChanges(harness.store.db, 'r')).toEqual([])
    go()
    await harness.until('r', 'finished')
  })
})

it('a longer limit of time holds at once', async () => {
  const { harness, begun, go } = gated(temporaryFolder())
  await run(harness, { maxSeconds: 30 })
  await begun
  await change(harness, { maxSeconds: 0.001 })
  await expect.poll(() => harness.orchestrator.live('r')?.seconds() ?? 1).toBeGreaterThan(0.01)
  go()
  expect(await harness.until('r', 'finished')).toMatchObject({ end: 'time' })
})
