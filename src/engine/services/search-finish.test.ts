// The final training of a winner through the contract: on which images, with which recipe, tested once, and the same after a kill.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { delay } from '@node/waiting'
import { AppError } from '@shared/errors'
import { handMadeNetwork } from '@shared/search/hand-made'
import { RUN_STATE_RULES } from '@shared/search/run-states'
import type { Trial } from '@shared/search/trial'
import { openDatabase } from '../storage/database'
import { DATABASE_FILE } from '../storage/store'
import { wellTrained } from '../testing/fake-computes'
import { fetchTiny, follow, openEngine, tinyChains, tinySearch, type Opened } from '../testing/open-engine'
import { temporaryFolder } from '../testing/temporary-folder'

async function searched(engine: Opened, change: Parameters<typeof tinySearch>[0] = {}) {
  await fetchTiny(engine)
  const { id } = await engine.client.searches.create({ definition: tinySearch(change) })
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
    const folder = temporaryFolder()
    const engine = await openEngine(folder)
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
    // Never a test image while it trains; all of them once at its end.
    expect(job.data.images).toBe(before!.data.images)
    const tested = () => engine.pool.evaluations.filter(({ data }) => data.images !== before!.data.images)
    expect(tested().map(({ indices }) => indicesIn(indices))).toEqual([Array.from({ length: 15 }, (_, i) => i)])
    const { trials } = await engine.client.trials.list({ id: run.id })
    expect(trials).toHaveLength(1)
    expect(run.reported).not.toBeNull()
    expect(trials[0]!.reported).toBe(run.reported)
    expect((await engine.client.searches.get({ id: search.id })).reported).toBeNull()
    // Asked for again, it is that run: tested no second time.
    const jobs = engine.pool.jobs.length
    expect((await engine.client.searches.finish({ id: search.id, wish: { epochs: 3 } })).id).toBe(run.id)
    // Nor under another name of the search, nor after an update of the program.
    await engine.client.searches.rename({ id: search.id, name: 'renamed' })
    expect((await engine.client.searches.finish({ id: search.id, wish: { epochs: 3 } })).id).toBe(run.id)
    await engine.close()
    const updated = await openEngine(folder, { appVersion: '0.0.1-test' })
    expect((await updated.client.searches.finish({ id: search.id, wish: { epochs: 3 } })).id).toBe(run.id)
    expect(engine.pool.jobs).toHaveLength(jobs)
    expect(updated.pool.jobs).toEqual([])
    expect(tested()).toHaveLength(1)
  })

  it('is one run, however often it is asked for at once', async () => {
    const engine = await openEngine(temporaryFolder())
    const search = await searched(engine)
    const wish = { epochs: 3 }
    const begun = await Promise.all([1, 2, 3].map(() => engine.client.searches.finish({ id: search.id, wish })))
    expect(new Set(begun.map(({ id }) => id)).size).toBe(1)
    await ended(engine, begun[0]!.id)
    expect((await engine.client.searches.list()).filter(({ definition }) => definition.final !== null)).toHaveLength(1)
  })

  it('is tried again after one that failed', async () => {
    let isBroken = true
    const engine = await openEngine(temporaryFolder(), {
      train: async function* (job) {
        if (job.keep === 'last' && isBroken) throw new AppError('out-of-memory', 'Not this time.')
        yield* wellTrained(job)
      },
    })
    const search = await searched(engine)
    const wish = { epochs: 1 }
    const first = await ended(engine, (await engine.client.searches.finish({ id: search.id, wish })).id)
    expect(first).toMatchObject({ state: 'finished', bestTrialId: null })
    isBroken = false
    const second = await ended(engine, (await engine.client.searches.finish({ id: search.id, wish })).id)
    expect(second.reported).not.toBeNull()
    expect(second.id).not.toBe(first.id)
  })

  it('is refused on other images than those of the search', async () => {
    const folder = temporaryFolder()
    const engine = await openEngine(folder)
    const search = await searched(engine)
    await engine.close()
    const database = openDatabase(path.join(folder, 'workspace', DATABASE_FILE))
    database.exec(`UPDATE runs SET data_fingerprint = 'of other images'`)
    database.close()
    const later = await openEngine(folder)
    const { id } = await later.client.searches.finish({ id: search.id, wish: { epochs: 1 } })
    expect(await ended(later, id)).toMatchObject({
      state: 'failed',
      error: { code: 'conflict', message: expect.stringContaining('on other images') as string },
    })
    expect(later.pool.jobs).toEqual([])
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

  it('has one of the cost of the trial that is named, from new weights whatever is asked for', async () => {
    const engine = await openEngine(temporaryFolder())
    const space = tinyChains({ maxBlocks: 8, maxWidth: 64 })
    const search = await searched(engine, { space })
    const { trials } = await engine.client.trials.list({ id: search.id })
    const besideOf = (trial: Trial) => handMadeNetwork(trial.macs ?? 0, [4, 4, 3], 3).name
    const best = trials.find(({ id }) => id === search.bestTrialId)!
    const other = trials.find((trial) => besideOf(trial) !== besideOf(best))!
    for (const trial of [best, other]) {
      const wish = { epochs: 1, start: 'weights' as const }
      const { id } = await engine.client.searches.trainPeer({ id: search.id, trialId: trial.id, wish })
      const { definition } = await ended(engine, id)
      expect(definition.name).toBe(besideOf(trial))
      expect(definition.final).toMatchObject({ start: 'scratch', weightsSha256: null })
    }
  })

  it('goes on after a kill, as the same run', async () => {
    const folder = temporaryFolder()
    const first = await openEngine(folder)
    const search = await searched(first)
    const begun = await first.client.searches.finish({ id: search.id, wish: { epochs: 50 } })
    await first.close()
    const second = await openEngine(folder)
    const again = await second.client.searches.finish({ id: search.id, wish: { epochs: 50 } })
    expect(again.id).toBe(begun.id)
    const run = await ended(second, again.id)
    expect(run.state).toBe('finished')
    expect(run.reported).not.toBeNull()
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
