// Copies of the database through the contract: listed with what they hold, put back by an engine that closes for it, and served alone
// where the database cannot be opened.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import type { EngineContract } from '@shared/contract'
import { AppError } from '@shared/errors'
import { memoryPorts } from '@shared/transport/port'
import { createClient, serveRouter } from '@shared/transport/rpc'
import { backUpDaily } from '../storage/backups'
import { DATABASE_FILE, openStore } from '../storage/store'
import { isDamage } from '../storage/storage-error'
import { fakeComputes } from '../testing/fake-computes'
import { fetchTiny, follow, openEngine, tinySearch } from '../testing/open-engine'
import { temporaryFolder } from '../testing/temporary-folder'
import { recoveryRouter } from './backups'

/** A workspace with one finished search, and a copy of its database from before the second. */
async function withCopy() {
  const folder = temporaryFolder()
  const first = await openEngine(folder)
  await fetchTiny(first)
  const definition = tinySearch({ generations: 1 })
  await follow(first, (await first.client.searches.create({ definition })).id)
  await first.close()
  const workspace = path.join(folder, 'workspace')
  const store = openStore(workspace)
  const now = new Date('2030-01-02T03:04:05Z')
  await backUpDaily(store, now)
  await store.close()
  return { folder, workspace, definition, copy: 'workspace-2030-01-02.sqlite' }
}

describe('copies of the database', () => {
  it('are listed with what they hold, and what cannot be read is said to be unknown', async () => {
    const { folder, workspace, copy } = await withCopy()
    writeFileSync(path.join(workspace, 'backups', 'workspace-2020-01-01.sqlite'), 'no database')
    const { client } = await openEngine(folder)
    const all = await client.runtime.backups()
    expect(all.find(({ name }) => name === copy)).toMatchObject({ runs: 1, trials: 3 })
    expect(all.find(({ name }) => name === 'workspace-2020-01-01.sqlite')).toMatchObject({ runs: null, trials: null })
    // To look at them leaves nothing beside them.
    expect(readdirSync(path.join(workspace, 'backups')).filter((name) => /-(wal|shm)$/.test(name))).toEqual([])
  })

  it('are put back by an engine, which closes and is started again; what they replace is kept', async () => {
    const { folder, workspace, definition, copy } = await withCopy()
    const restart = vi.fn()
    const engine = await openEngine(folder, { restart })
    await follow(engine, (await engine.client.searches.create({ definition })).id)
    expect(await engine.client.searches.list()).toHaveLength(2)
    const { replaced } = await engine.client.runtime.restore({ name: copy })
    expect(restart).toHaveBeenCalledOnce()
    expect(path.dirname(replaced!)).toBe(path.join(workspace, 'backups'))
    const again = await openEngine(folder)
    expect(await again.client.searches.list()).toHaveLength(1)
    const kept = (await again.client.runtime.backups()).find(({ file }) => file === replaced)
    expect(kept).toMatchObject({ runs: 2, trials: 6 })
  })

  it('are not put back while a run goes, nor by a name that is no copy, and the engine goes on', async () => {
    const { folder, definition, copy } = await withCopy()
    const restart = vi.fn()
    const endless = fakeComputes(async function* ({ lease }, _compute, signal) {
      yield { type: 'started', lease, parameters: 1, resumedFromEpoch: 0, stepsPerEpoch: 3, notice: null }
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      throw new AppError('cancelled', 'Cancelled.')
    })
    const { client } = await openEngine(folder, { restart, computes: endless })
    const { id } = await client.searches.create({ definition: { ...definition, seed: 7 } })
    await expect(client.runtime.restore({ name: copy })).rejects.toMatchObject({
      code: 'conflict',
      fix: 'Pause it, then put the copy back.',
    })
    await expect(client.runtime.restore({ name: '../workspace.sqlite' })).rejects.toMatchObject({ code: 'not-found' })
    expect(restart).not.toHaveBeenCalled()
    expect((await client.searches.get({ id })).state).toBe('running')
  })

  it('are all that is served where the database is damaged', async () => {
    const { workspace, copy } = await withCopy()
    const database = path.join(workspace, DATABASE_FILE)
    writeFileSync(database, Buffer.alloc(40_000, 7))
    let reason: unknown
    try {
      openStore(workspace)
    } catch (thrown) {
      reason = thrown
    }
    expect(isDamage(reason)).toBe(true)
    const restart = vi.fn()
    const [server, port] = memoryPorts()
    serveRouter(recoveryRouter(workspace, reason, restart), server)
    const client = createClient<EngineContract>(port)
    await expect(client.searches.list()).rejects.toMatchObject({
      code: 'storage-failed',
      fix: expect.stringContaining('the button') as string,
    })
    expect((await client.runtime.backups()).map(({ name }) => name)).toContain(copy)
    const { replaced } = await client.runtime.restore({ name: copy })
    expect(restart).toHaveBeenCalledOnce()
    expect(readFileSync(replaced!)).toEqual(Buffer.alloc(40_000, 7))
    const store = openStore(workspace)
    expect(store.readOnly).toBe(false)
    await store.close()
  })
})
