// What computes are given at rungs of fewer and smaller images, through the whole contract, and what becomes of results at such a rung.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { TrainEvent, TrainJob } from '@shared/contract/compute'
import type { RunDefinitionInput } from '@shared/search/run'
import { createDatasets } from '../../datasets/datasets'
import { inPlaceDecoders } from '../../datasets/testing/in-place-decoders'
import { finishedEvent, fakeComputes, type FakeComputes } from '../../testing/fake-computes'
import { epochOf } from '../../testing/harness'
import { fetchTiny, follow, openEngine, tinySearch, type Opened } from '../../testing/open-engine'
import { temporaryFolder } from '../../testing/temporary-folder'
import { makeTinyDataset } from '../../testing/tiny-dataset'

async function* training(job: TrainJob): AsyncGenerator<TrainEvent> {
  const { lease, recipe, untilEpoch = recipe.epochs, endBelow = [] } = job
  yield { type: 'started', lease, parameters: 1, resumedFromEpoch: 0, stepsPerEpoch: 1, notice: null }
  let accuracy = 0
  for (let epoch = 1; epoch <= untilEpoch; epoch++) {
    await new Promise((resolve) => setImmediate(resolve))
    accuracy = (job.seed % 1000) / 2000 + epoch / 100 + job.data.shape[0] / 1000
    // The loss that the stand-in for a compute finds of any weights.
    yield { type: 'epoch', lease, epoch: { ...epochOf(epoch, accuracy), validationLoss: 1 } }
    if (accuracy < (endBelow[epoch - 1] ?? -1)) break
  }
  // Its best epoch is the last.
  yield { ...finishedEvent(job, accuracy), ...(recipe.patience === null && { bestEpoch: untilEpoch }) } as TrainEvent
}

const RUNGS: Partial<RunDefinitionInput> = {
  strategy: { name: 'random' },
  populationSize: 5,
  generations: 1,
  recipe: { epochs: 4 },
  fidelity: { firstRung: 1, reduction: 2, firstImages: 0.5, firstSide: 0.5 },
}

/** An engine whose data set has images of 16 pixels, fetched. */
async function opened(folder: string, computes: FakeComputes): Promise<Opened> {
  const tiny = makeTinyDataset(path.join(folder, 'images'), undefined, 16)
  const cacheFolder = path.join(folder, 'cache')
  const catalogue = [tiny.source]
  const datasets = createDatasets({ cacheFolder, catalogue, download: tiny.download, startDecoders: inPlaceDecoders })
  const engine = await openEngine(folder, { datasets, computes })
  await fetchTiny(engine)
  return engine
}

async function searched(change: Partial<RunDefinitionInput> = {}) {
  const folder = temporaryFolder()
  const computes = fakeComputes(training, 1)
  const engine = await opened(folder, computes)
  const definition = tinySearch({ ...RUNGS, ...change })
  const { id } = await engine.client.searches.create({ definition })
  const updates = await follow(engine, id)
  const { trials } = await engine.client.trials.list({ id })
  const lines = updates.flatMap(({ journal }) => journal.map(({ message }) => message))
  return { engine, id, definition, run: updates.at(-1)!.run, trials, lines, computes, folder }
}

const indices = (file: string): number[] => {
  const bytes = readFileSync(file)
  return Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readInt32LE(at * 4))
}

describe('rungs of fewer and smaller images', () => {
  it('train on a part of the images at their side, validate on the same ones, and begin anew on whole ones', async () => {
    const { run, trials, computes, lines, engine, id } = await searched()
    expect(run.state).toBe('finished')
    const [first] = computes.jobs
    const side = first!.data.shape[0]
    const whole = computes.jobs.filter(({ data }) => data.shape[0] !== side)
    expect(whole.length).toBeGreaterThan(0)
    for (const job of computes.jobs) {
      const isFirst = !whole.includes(job)
      expect(job.graph.input).toEqual(job.data.shape)
      expect(job.untilEpoch).toBe(isFirst ? 1 : job.untilEpoch)
      expect(indices(job.trainIndices)).toHaveLength(isFirst ? 15 : 30)
      expect(path.basename(job.checkpointFolder)).toBe(isFirst ? 'leg-0' : 'leg-1')
    }
    expect(whole[0]!.data.shape[0]).toBe(2 * side)
    expect(new Set(computes.jobs.map(({ validationIndices }) => validationIndices)).size).toBe(1)
    // Fewer images are a part of more, and never ones that validate.
    const all = new Set(indices(whole[0]!.trainIndices))
    const validating = new Set(indices(first!.validationIndices))
    for (const index of indices(first!.trainIndices)) {
      expect(all.has(index)).toBe(true)
      expect(validating.has(index)).toBe(false)
    }
    expect(lines.filter((line) => line.startsWith('Made the images of'))).toHaveLength(1)
    expect(trials.some(({ fidelity }) => fidelity.rungs.length === 2)).toBe(true)
    expect(await engine.client.searches.verify({ id })).toMatchObject({ matches: true })
    for (const job of computes.jobs) expect(existsSync(job.checkpointFolder)).toBe(false)
  })

  it('make the smaller images once, also for the next search', async () => {
    const { engine, definition } = await searched({ populationSize: 2 })
    const { id } = await engine.client.searches.create({ definition: { ...definition, populationSize: 2, seed: 9 } })
    const updates = await follow(engine, id)
    const lines = updates.flatMap(({ journal }) => journal.map(({ message }) => message))
    expect(lines.filter((line) => line.startsWith('Made the images of'))).toEqual([])
    expect(updates.at(-1)!.run.state).toBe('finished')
  })

  it('go on where patience has ended a training at a first rung, and count what was trained', async () => {
    const { trials, run } = await searched({ recipe: { epochs: 4, patience: 1 }, fidelity: { firstImages: 0.5 } })
    const own = trials.filter(({ isRepeat }) => !isRepeat)
    expect(own.every(({ fidelity }) => fidelity.rungs.length === 1)).toBe(true)
    expect(own.some(({ fidelity }) => fidelity.rungs[0]!.promotedAmong !== null)).toBe(true)
    const promoted = own.filter(({ fidelity }) => fidelity.rungs[0]!.promotedAmong !== null).length
    expect(run.epochs).toBeCloseTo(own.length * 4 * 0.5 + promoted * 4, 9)
  })

  it('are judged by the median among trainings on as many images', async () => {
    const fidelity = { firstImages: 0.5, firstSide: 0.5, endEarly: 'median' } as const
    const { computes } = await searched({ populationSize: 7, generations: 2, fidelity })
    const isWhole = ({ checkpointFolder }: TrainJob): boolean => checkpointFolder.endsWith('leg-1')
    // In the second generation all of the first have a curve at the first rung, of those too that went on.
    const [later] = computes.jobs.filter((job) => !isWhole(job)).slice(-1)
    expect(later!.endBelow!.every((bound) => bound !== null)).toBe(true)
    // Fewer than five were trained on whole images before: nothing of the smaller ones is in the bounds there.
    const [first] = computes.jobs.filter(isWhole)
    expect(first!.endBelow!.every((bound) => bound === null)).toBe(true)
  })

  it('leave results whose export is a network for the images that it was trained on', async () => {
    const { engine, trials, computes, folder } = await searched()
    const dropped = trials.find(({ fidelity, isRepeat }) => !isRepeat && fidelity.rungs.length === 1)!
    const climbed = trials.find(({ fidelity, isRepeat }) => !isRepeat && fidelity.rungs.length === 2)!
    const [side] = computes.jobs[0]!.data.shape
    const exported = async (trialId: number, format: 'tfjs' | 'architecture-json') => {
      const steps = await engine.client.exports.create({
        trialId,
        format,
        folder: path.join(folder, `${trialId}-${format}`),
      })
      for await (const _step of steps) continue
      return computes.exports.at(-1)!
    }
    expect((await exported(dropped.id, 'tfjs')).graph.input[0]).toBe(side)
    expect(computes.evaluations.at(-1)!.data.shape[0]).toBe(side)
    expect((await exported(climbed.id, 'tfjs')).graph.input[0]).toBe(2 * side!)
    // The architecture alone is that of the search.
    expect((await exported(dropped.id, 'architecture-json')).graph.input[0]).toBe(2 * side!)
  })
})

describe('a definition of such rungs', () => {
  const check = async (change: Partial<RunDefinitionInput>) => {
    const engine = await opened(temporaryFolder(), fakeComputes(training, 1))
    return engine.client.searches.check({ definition: tinySearch({ ...RUNGS, ...change }) })
  }

  it('is told what the first rung trains on and what a candidate costs', async () => {
    const { problems, notes } = await check({})
    expect(problems).toEqual([])
    expect(notes).toContainEqual(expect.stringMatching(/first rung trains on 15 images of \d+ x \d+ pixels/))
    expect(notes).toContainEqual(expect.stringMatching(/rungs of 1 epoch on 50 % of the images at 50 % of their side/))
  })

  it('is refused where the side would be too small, and where its budget has no room for a first rung', async () => {
    const small = await check({ fidelity: { firstSide: 0.1 } })
    expect(small.problems.join()).toMatch(
      /fidelity\.firstSide.*at least 8.*Choose for fidelity\.firstSide \d+ % of the side or more/,
    )
    // What is to be changed is the share, not a resolution.
    expect(small.problems.join()).not.toContain('Choose a resolution')
    expect((await check({ maxEpochs: 1 })).problems).toEqual([])
    const none = await check({ maxEpochs: 1, fidelity: { firstImages: 0.5 } })
    expect(none.problems.join()).toMatch(/no room for one training of 2/)
  })
})
