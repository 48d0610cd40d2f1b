// Successive halving on fewer and smaller images in a run: each rung with other images is a training of its own, whose curve is kept and
// whose epochs count in part, over interruptions, budgets and ends by hand.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { runDefinitionSchema, type RunDefinitionInput } from '@shared/search/run'
import { beginsAnew, epochShare, legOf } from '@shared/search/rung-images'
import { halvingOf, rungOf } from '@shared/search/rungs'
import { strategyByName } from '@shared/strategies/registry'
import { createToySpace, toyFitness } from '@shared/strategies/testing/toy-space'
import type { Evaluation } from '../evaluators/evaluator'
import { rungFolder } from '../evaluators/training/legs'
import { checkpointFolder } from '../evaluators/training/training'
import { readEpochs } from '../storage/epochs'
import { getRun } from '../storage/runs'
import { listTrials } from '../storage/trials'
import { createHarness, epochOf, type Script } from '../testing/harness'
import { messages, pause, run, type Harness } from '../testing/small-run'
import { temporaryFolder } from '../testing/temporary-folder'
import { verifyRun } from './verify'

const WISH: Partial<RunDefinitionInput> = {
  strategy: { name: 'random' },
  populationSize: 9,
  generations: 1,
  recipe: { epochs: 9 },
  fidelity: { firstRung: 1, firstImages: 0.25, firstSide: 0.5 },
}
/** 1 epoch of a sixteenth, 3 whole ones from a random start, 6 more. */
const ladder = halvingOf(runDefinitionSchema.parse({ name: 'x', ...WISH }))!

let opened: Harness | undefined
afterEach(async () => {
  await opened?.close()
  opened = undefined
})

/** Trains as a compute would, from its checkpoints on: those of the rung's own training alone. `trained` is trial, training, epoch. */
function training(folder: string, trained: [number, number, number][], waitMs: number): Script {
  const checkpoints = new Map<string, number>()
  return async (trial, _document, hooks): Promise<Evaluation> => {
    const rung = rungOf(ladder, trial)
    const leg = legOf(ladder, rung)
    const target = ladder.epochs[rung]!
    const place = rungFolder(checkpointFolder(path.join(folder, 'checkpoints'), trial.id), ladder, rung)
    mkdirSync(place, { recursive: true })
    const before = checkpoints.get(place) ?? 0
    await hooks.onStarted({ compute: 0, resumedFromEpoch: before, stepsPerEpoch: 1, notice: null })
    const accuracy = (epoch: number): number =>
      toyFitness(trial.genotype) * (1 - 0.5 ** epoch) * Math.sqrt(epochShare(ladder, rung))
    for (let epoch = before + 1; epoch <= target; epoch++) {
      if (waitMs > 0) await pause(waitMs)
      trained.push([trial.number, leg, epoch])
      await hooks.onEpoch(epochOf(epoch, accuracy(epoch)))
      checkpoints.set(place, epoch)
      if (hooks.shouldHold() && epoch < target) return { type: 'held' }
    }
    const content = `${trial.id} after ${rung}`
    const file = path.join(place, 'best.weights')
    writeFileSync(file, content)
    const weights = { file, sha256: createHash('sha256').update(content).digest('hex') }
    const result = { fitness: accuracy(target), bestEpoch: target, weights }
    return rung < ladder.epochs.length - 1
      ? { type: 'reached', epochs: target, ...result }
      : { type: 'finished', ...result }
  }
}

async function searched(wish: Partial<RunDefinitionInput> = {}, parallel = 1, waitMs = 0) {
  const folder = temporaryFolder()
  const trained: [number, number, number][] = []
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
  const left = await store.db.selectFrom('left_epochs').selectAll().execute()
  return trials.map((trial) => ({
    ...trial,
    curve: (epochs.get(trial.id) ?? []).map(({ validationAccuracy }) => validationAccuracy),
    left: left.filter((row) => row.trial_id === trial.id),
  }))
}

async function verified({ store }: Harness) {
  const run = await getRun(store.db, 'r')
  const proposing = { space: createToySpace(), strategy: strategyByName('random'), seeds: [] }
  return verifyRun({ run, trials: await listTrials(store.db, 'r'), proposing, signal: new AbortController().signal })
}

/** Whole epochs of what was trained. */
const cost = (trained: readonly [number, number, number][]): number =>
  trained.reduce((sum, [, leg]) => sum + (leg === 0 ? 1 / 16 : 1), 0)

describe('a search in rungs of fewer and smaller images', () => {
  it('trains each epoch of each training once, begins anew on more, keeps both curves and counts parts of epochs', async () => {
    const { harness, trained } = await searched()
    const ended = await harness.until('r', 'finished')
    expect(beginsAnew(ladder, 1)).toBe(true)
    expect(new Set(trained.map(String)).size).toBe(trained.length)
    expect(ended.epochs).toBeCloseTo(cost(trained), 9)
    const own = (await rows(harness)).filter(({ isRepeat }) => !isRepeat)
    for (const { curve, left, fidelity, fitness, bestEpoch } of own) {
      const at = rungOf(ladder, { fidelity })
      expect(curve).toHaveLength(ladder.epochs[at]!)
      // The curve that is shown is the one that the result is of.
      expect(fitness).toBe(curve[bestEpoch! - 1])
      expect(left).toHaveLength(at === 0 ? 0 : 1)
      if (at > 0) expect(left[0]).toMatchObject({ leg: 0, epoch: 1, share: 1 / 16 })
    }
    expect(own.some(({ curve }) => curve.length === 9)).toBe(true)
    expect(own.some(({ curve }) => curve.length === 1)).toBe(true)
    expect(await verified(harness)).toMatchObject({ matches: true })
    const lines = await messages(harness)
    const words = '1 epoch on 25 % of the images at 50 % of their side'
    expect(lines).toContainEqual(expect.stringMatching(`Trial \\d+ reached its rung of ${words}: `))
    expect(lines).toContainEqual(expect.stringMatching(`is promoted to 3 epochs, anew: .* of \\d+ after ${words}`))
    expect(lines).toContainEqual(expect.stringMatching(/is promoted to 9 epochs: .* of \d+ after 3\./))
  })

  it('keeps checkpoints of the training alone that can go on', async () => {
    const { harness, folder } = await searched({}, 1, 3)
    await pause(60)
    await harness.orchestrator.pause('r')
    await harness.until('r', 'paused')
    const held = (await rows(harness)).filter(({ state, fidelity }) => state === 'waiting' && fidelity.rungs.length > 0)
    expect(held.length).toBeGreaterThan(0)
    for (const trial of held) {
      const place = rungFolder(checkpointFolder(path.join(folder, 'checkpoints'), trial.id), ladder, 0)
      expect(existsSync(place)).toBe(false)
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
    const ended = await harness.until('r', 'finished')
    expect(new Set(trained.map(String)).size).toBe(trained.length)
    expect(ended.epochs).toBeCloseTo(cost(trained), 9)
    expect(await verified(harness)).toMatchObject({ matches: true })
    if (parallel > 1) return
    const told = async (of: Harness) =>
      (await rows(of)).map(({ number, curve, left, fidelity, fitness }) => ({ number, curve, left, fidelity, fitness }))
    const paused = await told(harness)
    await harness.close()
    const straight = await searched()
    await straight.harness.until('r', 'finished')
    expect(paused).toEqual(await told(straight.harness))
  })

  it.each([1, 4, 20])('never trains more than a budget of %d whole epochs', async (maxEpochs) => {
    // The smallest has room for sixteen first rungs and nothing whole.
    const { harness, trained } = await searched({ maxEpochs, generations: 6 }, 2)
    const ended = await harness.until('r', 'finished')
    expect(ended.end).toBe('epochs')
    expect(ended.epochs).toBeCloseTo(cost(trained), 9)
    expect(ended.epochs).toBeLessThanOrEqual(maxEpochs + 1e-9)
    expect(ended.bestFitness).not.toBeNull()
    for (const { state, curve, fitness, bestEpoch } of await rows(harness))
      if (state === 'finished' && curve.length > 0) expect(fitness).toBe(curve[bestEpoch! - 1])
  })

  it('shows the result and the curve of the rung below where it is stopped in a training that began anew', async () => {
    const { harness } = await searched({}, 1, 15)
    for (let times = 0; times < 400; times++) {
      const [busy] = (await rows(harness)).filter(
        ({ state, fidelity, curve }) =>
          state === 'running' && fidelity.rungs.length === 1 && curve.length > 0 && curve.length < 3,
      )
      if (busy !== undefined) break
      await pause(3)
    }
    await harness.orchestrator.pause('r')
    await harness.until('r', 'paused')
    const held = (await rows(harness)).find(
      ({ state, fidelity }) => state === 'waiting' && fidelity.rungs.at(-1)?.promotedAmong != null,
    )!
    expect(held).toMatchObject({ left: [{ leg: 0 }] })
    const spent = (await getRun(harness.store.db, 'r').then(() => harness.views.run('r'))).epochs
    await harness.orchestrator.stop('r')
    const after = (await rows(harness)).find(({ id }) => id === held.id)!
    expect(after).toMatchObject({
      state: 'finished',
      fitness: held.fidelity.rungs[0]!.fitness,
      fidelity: { brokenOff: true },
    })
    expect(after.curve).toEqual([after.fitness])
    // What it trained beyond that is kept and counted.
    expect(after.left.every(({ leg }) => leg === 1)).toBe(true)
    expect(after.left).toHaveLength(held.curve.length)
    expect((await harness.views.run('r')).epochs).toBeCloseTo(spent, 9)
    expect(await verified(harness)).toMatchObject({ matches: true })
  })
})
