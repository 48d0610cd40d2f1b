// Images and labels that are not what the manifest says: nothing trains on them, nothing that did is believed.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { RUN_STATE_RULES } from '@shared/search/run-states'
import { fetchTiny, openEngine, tinySearch, type Opened } from '../testing/open-engine'
import { wellTrained } from '../testing/fake-computes'
import { temporaryFolder } from '../testing/temporary-folder'

const labelsIn = (folder: string): string => path.join(folder, 'cache', 'datasets', 'tiny', 'train', 'labels.u8')
const zero = (file: string): void => writeFileSync(file, readFileSync(file).fill(0))

/** The run once nothing works on it: one that failed can go on, so its watch has no end. */
async function ended({ client }: Opened, id: string) {
  for await (const { run } of await client.searches.watch({ id })) if (!RUN_STATE_RULES[run.state].isGoing) return run
  throw new Error('the watch ended before the run')
}

async function ran(engine: Opened) {
  const { id } = await engine.client.searches.create({ definition: tinySearch() })
  return { id, run: await ended(engine, id) }
}

describe('labels zeroed on the disk', () => {
  it('before the first trial of a session end the search before anything trains; whole again, it goes on', async () => {
    const folder = temporaryFolder()
    const first = await openEngine(folder)
    await fetchTiny(first)
    await first.close()
    zero(labelsIn(folder))
    const engine = await openEngine(folder)
    const { id, run } = await ran(engine)
    expect(run).toMatchObject({ state: 'failed', error: { code: 'dataset-damaged' } })
    expect(run.error!.message).toContain('train/labels.u8')
    expect(engine.pool.jobs).toEqual([])
    expect((await engine.client.datasets.list())[0]).toMatchObject({ state: 'damaged' })
    await fetchTiny(engine)
    await engine.client.searches.resume({ id })
    expect(await ended(engine, id)).toMatchObject({ state: 'finished' })
  })

  it('while a trial trains make its result void: no trial finishes and no checkpoint is gone on from', async () => {
    const folder = temporaryFolder()
    const labels = labelsIn(folder)
    const engine = await openEngine(folder, {
      train: async function* (job) {
        zero(labels)
        yield* wellTrained(job)
      },
    })
    await fetchTiny(engine)
    const { id, run } = await ran(engine)
    expect(run).toMatchObject({ state: 'failed', error: { code: 'dataset-damaged' }, counts: { finished: 0 } })
    await expect.poll(() => readdirSync(path.join(folder, 'workspace', 'checkpoints'))).toEqual([])
    const before = engine.pool.jobs.length
    await fetchTiny(engine)
    await engine.client.searches.resume({ id })
    await ended(engine, id)
    expect(engine.pool.jobs.length).toBeGreaterThan(before)
  })

  it('are told by the doctor', async () => {
    const folder = temporaryFolder()
    const engine = await openEngine(folder)
    await fetchTiny(engine)
    zero(labelsIn(folder))
    const { ok, checks } = await engine.client.runtime.doctor()
    expect(ok).toBe(false)
    expect(checks.find(({ id }) => id === 'dataset-tiny')).toMatchObject({
      status: 'error',
      found: expect.stringContaining('train/labels.u8') as string,
    })
  })
})
