// Successive halving in a run: who trains how far, that nothing is trained twice, over interruptions and budgets.
import { createHash } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { runDefinitionSchema, type RunDefinitionInput } from '@shared/search/run'
import { halvingOf, targetOf } from '@shared/search/rungs'
import { createToySpace, toyFitness } from '@shared/strategies/testing/toy-space'
import type { Evaluation } from '../evaluators/evaluator'
import { readEpochs } from '../storage/epochs'
import { getRun } from '../storage/runs'
import { listTrials, updateTrial } from '../storage/trials'
import { createHarness, epochOf, type Script } from '../testing/harness'
import { messages, pause, run, type Harness } from '../testing/small-run'
import { temporaryFolder } from '../testing/temporary-folder'
import { strategyByName } from '@shared/strategies/registry'
import { verifyRun } from './verify'

const WISH: Partial<RunDefinitionInput> = {
  strategy: { name: 'random' },
  populationSize: 9,
  generations: 2,
  recipe: { epochs: 9 },
  fidelity: { firstRung: 1 },
}
const ladder = halvingOf(runDefinitionSchema.parse({ name: 'x', ...WISH }))!

let opened: Harness | undefined
afterEach(async () => {
  await opened?.close()
  opened = undefined
})

/** Trains as a compute would, from what is stored of the trial on; each epoch takes `waitMs`. */
function training(folder: string, trained: [number, number][], waitMs = 0): Script {
  const checkpoints = new Map<number, number>()
  return async (trial, _document, hooks): Promise<Evaluation> => {
    const target = targetOf(ladder, trial)
    const before = checkpoints.get(trial.id) ?? trial.fidelity.rungs.at(-1)?.epochs ?? 0
    await hooks.onStarted({ compute: 0, resumedFromEpoch: before, stepsPerEpoch: 1, notice: null })
    const accuracy = (epoch: number): number => toyFitness(trial.genotype) * (1 - 0.5 ** epoch)
    for (let epoch = before + 1; epoch <= target; epoch++) {
      if (waitMs > 0) await pause(waitMs)
      trained.push([trial.number, epoch])
      await hooks.onEpoch(epochOf(epoch, accuracy(epoch)))
      checkpoints.set(trial.id, epoch)
      if (hooks.shouldHold() && epoch < target) return { type: 'held' }
    }
    const content = `${trial.id} after ${target}`
    const file = path.join(folder, `best-${trial.id}.weights`)
    writeFileSync(file, content)
    const weights = { file, sha256: createHash('sha256').update(content).digest('hex') }
    const result = { fitness: accuracy(target), bestEpoch: target, weights }
    return target < 9 ? { type: 'reached', epochs: target, ...result } : { type: 'finished', ...result }
  }
}

async function searched(wish: Partial<RunDefinitionInput> = {}, parallel = 1, waitMs = 0) {
  const folder = temporaryFolder()
  const trained: [number, number][] = []
  const harness = createHarness({ folder, parallel, evaluate: training(folder, trained, waitMs) })
  opened = harness
  await run(harness, { ...WISH, ...wish })
  return { harness, trained, folder }
}

async function rows({ store }: Harness) {
  const trials = await listTrials(store.db, 'r')
  const epochs = await readEpochs(
    store.db,
    trials.map(({ id }) => id),
  )
  return trials.map((trial) => ({ ...trial, epochs: epochs.get(trial.id)?.length ?? 0 }))
}

async function verified({ store }: Harness) {
  const run = await getRun(store.db, 'r')
  const proposing = { space: createToySpace(), strategy: strategyByName('random'), seeds: [] }
  return verifyRun({ run, trials: await listTrials(store.db, 'r'), proposing, signal: new AbortController().signal })
}

describe('a search in rungs', () => {
  it('trains all a little and few whole, each epoch once', async () => {
    const { harness, trained } = await searched()
    const ended = await harness.until('r', 'finished')
    const trials = await rows(harness)
    expect(new Set(trained.map(String)).size).toBe(trained.length)
    expect(ended.epochs).toBe(trained.length)
    const own = trials.filter(({ isRepeat }) => !isRepeat)
    expect(own.every(({ state, fitness }) => state === 'finished' && fitness !== null)).toBe(true)
    for (const { epochs } of own) expect([1, 3, 9]).toContain(epochs)
    const whole = own.filter(({ epochs }) => epochs === 9)
    expect(whole.length).toBeGreaterThan(0)
    expect(whole.length).toBeLessThan(own.length / 2)
    expect(ended.epochs).toBeLessThan(0.6 * 9 * own.length)
    // The result of the rung that it reached.
    for (const { fitness, fidelity, epochs } of own)
      if (epochs < 9) expect(fidelity.rungs.at(-1)).toMatchObject({ fitness, epochs, promotedAmong: null })
    // What a strategy ranks: longer training puts nothing below what was worse at the same epoch (decision 188).
    for (const climbed of own)
      for (const [rung, { fitness }] of climbed.fidelity.rungs.entries())
        for (const other of own)
          if ((other.fidelity.rungs[rung]?.fitness ?? Infinity) < fitness && other.fidelity.rungs.length === rung + 1)
            expect(climbed.fitness).toBeGreaterThan(other.fitness ?? 0)
    expect(await verified(harness)).toMatchObject({ matches: true })
    const lines = await messages(harness)
    expect(lines).toContainEqual(expect.stringMatching(/Trial \d+ reached its rung of 1 epochs/))
    expect(lines).toContainEqual(expect.stringMatching(/Trial \d+ is promoted to 3 epochs: .* best 1 of 3 of \d+/))
    expect(lines).toContainEqual(expect.stringMatching(/end with the result of the last rung/))
  })

  it('keeps the weights of each trial’s last rung, and of no rung before', async () => {
    const { harness } = await searched()
    await harness.until('r', 'finished')
    const references = await harness.store.db.selectFrom('artefact_references').selectAll().execute()
    for (const { id, weightsSha256, reusedFrom } of await rows(harness)) {
      const own = references.filter(({ owner }) => owner === `trial:${id}`)
      expect(own.map(({ sha256 }) => sha256)).toEqual([weightsSha256])
      if (reusedFrom === null) expect(existsSync(harness.artefacts.path(weightsSha256!))).toBe(true)
    }
  })

  it.each([1, 3])('goes on after pauses as if there had been none, with %i at once', async (parallel) => {
    const { harness, trained } = await searched({}, parallel, 2)
    for (let times = 0; times < 6; times++) {
      await pause(20)
      await harness.orchestrator.pause('r').catch(() => undefined)
      if ((await harness.until('r', 'paused', 'finished')).state === 'finished') break
      await harness.orchestrator.resume('r')
    }
    await harness.until('r', 'finished')
    expect(new Set(trained.map(String)).size).toBe(trained.length)
    expect(await verified(harness)).toMatchObject({ matches: true })
    if (parallel > 1) return
    const paused = (await rows(harness)).map(({ number, epochs, fidelity }) => ({ number, epochs, fidelity }))
    await harness.close()
    const straight = await searched()
    await straight.harness.until('r', 'finished')
    expect(paused).toEqual(
      (await rows(straight.harness)).map(({ number, epochs, fidelity }) => ({ number, epochs, fidelity })),
    )
  })

  it.each([1, 7, 20])('never trains more than a budget of %i epochs, and ends with what it has', async (maxEpochs) => {
    const { harness } = await searched({ maxEpochs }, 2)
    const ended = await harness.until('r', 'finished')
    expect(ended.end).toBe('epochs')
    expect(ended.epochs).toBeLessThanOrEqual(maxEpochs)
    expect(ended.bestFitness).not.toBeNull()
    const own = (await rows(harness)).filter(({ isRepeat }) => !isRepeat)
    for (const { state, epochs } of own) expect(state).toBe(epochs > 0 ? 'finished' : 'cancelled')
  })

  it('keeps the results of its rungs where it is stopped by hand', async () => {
    const { harness } = await searched({}, 1, 5)
    await pause(60)
    await harness.orchestrator.pause('r')
    await harness.until('r', 'paused')
    const held = (await rows(harness)).filter(({ fidelity }) => fidelity.rungs.length > 0)
    expect(held.length).toBeGreaterThan(0)
    await harness.orchestrator.stop('r')
    const after = await rows(harness)
    for (const { id } of held) expect(after.find((trial) => trial.id === id)).toMatchObject({ state: 'finished' })
    expect((await harness.until('r', 'stopped')).bestFitness).not.toBeNull()
  })

  it('is found to drift where a promotion was none', async () => {
    const { harness } = await searched()
    await harness.until('r', 'finished')
    const trials = await listTrials(harness.store.db, 'r')
    const last = [...trials]
      .filter(({ fidelity }) => fidelity.rungs.length === 1)
      .sort((a, b) => a.fidelity.rungs[0]!.fitness - b.fidelity.rungs[0]!.fitness)[0]!
    await harness.store.write((writer) =>
      updateTrial(writer, last.id, {
        fidelity: { ...last.fidelity, rungs: [{ ...last.fidelity.rungs[0]!, promotedAmong: 9 }] },
      }),
    )
    expect(await verified(harness)).toMatchObject({
      matches: false,
      difference: { what: 'promotion', trialNumber: last.number },
    })
  })
})
