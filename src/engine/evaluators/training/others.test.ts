// What trials of a run lend each other, through the whole contract: bounds below which a training ends, weights of a parent.
import { describe, expect, it } from 'vitest'
import type { TrainEvent, TrainJob } from '@shared/contract/compute'
import type { RunDefinitionInput } from '@shared/search/run'
import { finishedEvent, fakeComputes } from '../../testing/fake-computes'
import { epochOf } from '../../testing/harness'
import { fetchTiny, follow, openEngine, tinySearch } from '../../testing/open-engine'
import { temporaryFolder } from '../../testing/temporary-folder'

/** Accuracy rises with each epoch, and is the better the longer its graph is; ends as a compute does. */
async function* training(job: TrainJob): AsyncGenerator<TrainEvent> {
  const { lease, recipe, untilEpoch = recipe.epochs, endBelow = [], inherits } = job
  const inherited = inherits === true ? { inherited: { arrays: 2, of: 5 } } : {}
  yield { type: 'started', lease, parameters: 1, resumedFromEpoch: 0, stepsPerEpoch: 1, notice: null, ...inherited }
  const quality = (job.seed % 1000) / 2000
  let accuracy = 0
  for (let epoch = 1; epoch <= untilEpoch; epoch++) {
    await new Promise((resolve) => setImmediate(resolve))
    accuracy = quality + epoch / 100
    yield { type: 'epoch', lease, epoch: epochOf(epoch, accuracy) }
    if (accuracy < (endBelow[epoch - 1] ?? -1)) break
  }
  yield finishedEvent(job, accuracy)
}

async function searched(change: Partial<RunDefinitionInput>) {
  const computes = fakeComputes(training, 1)
  const engine = await openEngine(temporaryFolder(), { computes })
  await fetchTiny(engine)
  const definition = tinySearch({ recipe: { epochs: 4 }, ...change })
  const { id } = await engine.client.searches.create({ definition })
  const updates = await follow(engine, id)
  const { trials } = await engine.client.trials.list({ id })
  const lines = updates.flatMap(({ journal }) => journal.map(({ message }) => message))
  return { engine, id, run: updates.at(-1)!.run, trials, lines, jobs: computes.jobs }
}

describe('a search with the median rule', () => {
  it('ends what stays below half of the others, and says so', async () => {
    const wish = { strategy: { name: 'random' as const }, populationSize: 12, generations: 1 }
    const { trials, jobs, lines, run, engine, id } = await searched({ ...wish, fidelity: { endEarly: 'median' } })
    const own = trials.filter(({ isRepeat }) => !isRepeat)
    expect(run.state).toBe('finished')
    const ended = own.filter(({ fidelity }) => fidelity.endedEarly !== null)
    expect(ended.length).toBeGreaterThan(0)
    for (const { epochs, fidelity, fitness, number } of ended) {
      expect(epochs.length).toBe(fidelity.endedEarly!.epochs)
      expect(epochs.length).toBeLessThan(4)
      expect(fitness).toBeLessThan(fidelity.endedEarly!.bound)
      expect(lines).toContainEqual(
        expect.stringMatching(`Trial ${number} finished.*ended early after ${epochs.length} epoch`),
      )
    }
    // Nothing ends before five can be compared.
    expect(own.slice(0, 5).every(({ fidelity }) => fidelity.endedEarly === null)).toBe(true)
    expect(jobs[4]!.endBelow).toEqual([null, null, null])
    expect(jobs[6]!.endBelow!.every((bound) => bound !== null)).toBe(true)
    expect(await engine.client.searches.verify({ id })).toMatchObject({ matches: true })
  })

  it('asks for no bound where it is off', async () => {
    const { jobs } = await searched({})
    expect(jobs.every((job) => job.endBelow === undefined && job.inherits === undefined)).toBe(true)
  })
})

describe('a search that inherits weights', () => {
  it('begins children with those of a parent, and keeps whose they are', async () => {
    const { trials, jobs, engine, id } = await searched({ fidelity: { inheritWeights: true }, generations: 3 })
    const trained = trials.filter(({ reusedFrom }) => reusedFrom === null)
    const children = trained.filter(({ origin }) => origin.parents.length > 0)
    expect(children.length).toBeGreaterThan(0)
    for (const { origin, fidelity } of children) {
      expect(fidelity.inherited).toMatchObject({ arrays: 2, of: 5 })
      expect(origin.parents).toContain(fidelity.inherited!.trialId)
    }
    for (const { origin, fidelity } of trained) if (origin.parents.length === 0) expect(fidelity.inherited).toBeNull()
    expect(jobs.filter((job) => job.initialWeights !== undefined)).toHaveLength(children.length)
    expect(await engine.client.searches.verify({ id })).toMatchObject({ matches: true })
  })
})
