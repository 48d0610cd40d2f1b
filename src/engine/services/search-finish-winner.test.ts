// Whom a final training takes where no trial is named: whom all results speak for, the best measured where that is asked for.
import { expect, it } from 'vitest'
import { spaceSchema } from '@shared/spaces/schema'
import { finishedEvent } from '../testing/fake-computes'
import { fetchTiny, follow, openEngine, tinySearch } from '../testing/open-engine'
import { temporaryFolder } from '../testing/temporary-folder'

const space = spaceSchema.parse({ kind: 'nas-bench-201', channels: 4, stacks: 1, cellsPerStack: 1 })
/** The best is evaluated again with two more seeds. */
const CONFIRMED = { confirmBest: 1, confirmSeeds: 2, confirmShare: 0.5 }

it('is the winner by all results, or the best measured; of fewer than ten results they are one', async () => {
  const seen = new Set<string>()
  const engine = await openEngine(temporaryFolder(), {
    // Each is better than the one before, until the best is evaluated again: then it was luck.
    train: async function* (job) {
      const network = JSON.stringify(job.graph)
      const fitness = seen.has(network) ? 0.1 : 0.3 + seen.size / 100
      seen.add(network)
      const { lease } = job
      yield { type: 'started', lease, parameters: 1, resumedFromEpoch: 0, stepsPerEpoch: 3, notice: null }
      yield await Promise.resolve(finishedEvent(job, fitness))
    },
  })
  await fetchTiny(engine)
  const searched = async (generations: number) => {
    const definition = tinySearch({ space, strategy: { name: 'random' }, populationSize: 4, generations, ...CONFIRMED })
    const { id } = await engine.client.searches.create({ definition })
    await follow(engine, id)
    return engine.client.searches.get({ id })
  }
  const trainedOn = async (id: string, winner?: 'expected' | 'measured') => {
    const wish = { epochs: 1, ...(winner !== undefined && { winner }) }
    return (await engine.client.searches.finish({ id, wish })).definition.final?.of?.trialId
  }
  const few = await searched(2)
  expect(await trainedOn(few.id)).toBe(few.bestTrialId)
  const many = await searched(3)
  const winner = await engine.client.searches.winner({ id: many.id })
  expect(winner?.trialId).not.toBe(many.bestTrialId)
  expect(await trainedOn(many.id)).toBe(winner?.trialId)
  expect(await trainedOn(many.id, 'measured')).toBe(many.bestTrialId)
})
