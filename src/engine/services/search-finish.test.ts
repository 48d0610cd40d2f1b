// The final training of a winner through the contract: on which images, with which recipe, tested once, and the same after a kill.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { delay } from '@node/waiting'
import { RUN_STATE_RULES } from '@shared/search/run-states'
import { fetchTiny, follow, openEngine, tinySearch, type Opened } from '../testing/open-engine'
import { temporaryFolder } from '../testing/temporary-folder'

async function searched(engine: Opened) {
  await fetchTiny(engine)
  const { id } = await engine.client.searches.create({ definition: tinySearch() })
  return (await follow(engine, id)).at(-1)!.run
}
async function ended({ client }: Opened, id: string) {
  for (let run = await client.searches.get({ id }); ; run = await client.searches.get({ id })) {
    if (!RUN_STATE_RULES[run.state].isGoing) return run
    await delay(20)
  }
}
const indicesIn = (file: string): number[] => [...new Int32Array(new Uint8Array(readFileSync(file)).buffer)]

describe('the final training of a winner', () => {
  it('learns from training and validation images together, keeps its last epoch and is tested once', async () => {
    const engine = await openEngine(temporaryFolder())
    const search = await searched(engine)
    const [before] = engine.pool.jobs
    const begun = await engine.client.searches.finish({ id: search.id, wish: { epochs: 3 } })
    const run = await ended(engine, begun.id)
    expect(run).toMatchObject({
      state: 'finished',
      definition: {
        recipe: { epochs: 3 },
        final: { besideRunId: search.id, start: 'scratch', of: { trialId: search.bestTrialId } },
      },
    })
    const job = engine.pool.jobs.at(-1)!
    expect(job.keep).toBe('last')
    const both = [...indicesIn(before!.trainIndices), ...indicesIn(before!.validationIndices)].sort((a, b) => a - b)
    expect(indicesIn(job.trainIndices)).toEqual(both)
    // Never a test image while it trains.
    expect(job.data.images).toBe(before!.data.images)
    const { trials } = await engine.client.trials.list({ id: run.id })
    expect(trials).toHaveLength(1)
    expect(run.reported).not.toBeNull()
    expect(trials[0]!.reported).toBe(run.reported)
    expect((await engine.client.searches.get({ id: search.id })).reported).toBeNull()
    // Asked for again, it is that run: tested no second time.
    const jobs = engine.pool.jobs.length
    expect((await engine.client.searches.finish({ id: search.id, wish: { epochs: 3 } })).id).toBe(run.id)
    expect(engine.pool.jobs).toHaveLength(jobs)
  })

  it('can go on from the weights of the search, on the whole train split', async () => {
    const engine = await openEngine(temporaryFolder())
    const search = await searched(engine)
    const begun = await engine.client.searches.finish({
      id: search.id,
      wish: { start: 'weights', images: 'all', epochs: 1 },
    })
    expect((await ended(engine, begun.id)).state).toBe('finished')
    const job = engine.pool.jobs.at(-1)!
    expect(job.initialWeights).toContain(begun.definition.final!.weightsSha256)
    expect(indicesIn(job.trainIndices)).toHaveLength(job.data.count)
  })

  it('has a hand-made network of about the same cost beside it, trained alike', async () => {
    const engine = await openEngine(temporaryFolder())
    const search = await searched(engine)
    const { id } = await engine.client.searches.trainPeer({ id: search.id, wish: { epochs: 2 } })
    const run = await ended(engine, id)
    expect(run).toMatchObject({ state: 'finished', definition: { final: { of: null, besideRunId: search.id } } })
    expect(run.definition.name).toMatch(/^ResNet-\d+, \d+ wide$/)
    expect(run.reported).not.toBeNull()
  })

  it('goes on after a kill, as the same run', async () => {
    const folder = temporaryFolder()
    const first = await openEngine(folder)
    const search = await searched(first)
    const begun = await first.client.searches.finish({ id: search.id, wish: { epochs: 50 } })
    await first.close()
    const second = await openEngine(folder)
    const again = await second.client.searches.finish({ id: search.id, wish: { epochs: 50 } })
    const run = await ended(second, again.id)
    expect(run.state).toBe('finished')
    expect(run.reported).not.toBeNull()
    if (RUN_STATE_RULES[begun.state].isGoing) expect(again.number).toBeLessThanOrEqual(begun.number + 1)
  })

  it('is refused for a run without a winner, and for itself', async () => {
    const engine = await openEngine(temporaryFolder())
    const search = await searched(engine)
    const { id } = await engine.client.searches.create({ definition: tinySearch(), start: false })
    await expect(engine.client.searches.finish({ id })).rejects.toMatchObject({ code: 'conflict' })
    const final = await engine.client.searches.finish({ id: search.id, wish: { epochs: 1 } })
    await ended(engine, final.id)
    await expect(engine.client.searches.finish({ id: final.id })).rejects.toMatchObject({ code: 'conflict' })
  })
})
