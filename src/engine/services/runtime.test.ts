// The runtime service, and what every service says of things that are not there.
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder'
import { fetchTiny, openEngine, tinySearch } from '../testing/open-engine'

describe('the runtime', () => {
  it('tells who holds a workspace that is read-only here', async () => {
    const folder = temporaryFolder()
    const first = await openEngine(folder)
    await fetchTiny(first)
    const second = await openEngine(folder)
    expect((await first.client.runtime.workspace()).readOnly).toBe(false)
    const { readOnly, holder } = await second.client.runtime.workspace()
    expect(readOnly).toBe(true)
    expect(holder).toContain(String(process.pid))
    const { id } = await first.client.searches.create({ definition: tinySearch(), start: false })
    const exportFirst = async () => (await second.client.exports.create({ trialId: 1 })).next()
    for (const write of [
      () => second.client.searches.create({ definition: tinySearch() }),
      () => second.client.searches.resume({ id }),
      () => second.client.searches.remove({ id }),
      exportFirst,
    ]) {
      await expect(write()).rejects.toMatchObject({
        code: 'read-only',
        message: expect.stringContaining(`held by process ${process.pid}`) as string,
      })
    }
    expect(second.pool.jobs).toEqual([])
  })

  it('says of ids it does not know that they are not there', async () => {
    const { client } = await openEngine(temporaryFolder())
    const unknown = { id: 'nobody' }
    const first = async (stream: Promise<AsyncIterator<unknown>>) => (await stream).next()
    for (const ask of [
      () => client.searches.get(unknown),
      () => client.searches.resume(unknown),
      () => client.searches.pause(unknown),
      () => client.searches.stop(unknown),
      () => client.searches.remove(unknown),
      () => client.searches.rename({ ...unknown, name: 'x' }),
      () => client.searches.generations(unknown),
      () => first(client.searches.watch(unknown)),
      () => client.trials.list(unknown),
      () => client.trials.get({ id: 999 }),
      () => client.trials.epochs({ id: 999 }),
      () => client.designs.load(unknown),
      () => first(client.exports.create({ trialId: 999 })),
      () => first(client.datasets.get({ name: 'nobody' })),
    ])
      await expect(ask(), String(ask)).rejects.toMatchObject({ code: 'not-found', fix: expect.any(String) as string })
  })

  it('the doctor names what is wrong with a way out, and does not fall over it', async () => {
    const { client } = await openEngine(temporaryFolder())
    const report = await client.runtime.doctor()
    expect(report.ok).toBe(false)
    const check = (id: string) => report.checks.find((candidate) => candidate.id === id)
    expect(check('tensorflow')).toMatchObject({ status: 'error', fix: 'Install it.' })
    expect(check('dataset-tiny')).toMatchObject({ status: 'warning' })
    expect(report.versions['GPT-NAS Workbench']).toBe('0.0.0-test')
    for (const { status, fix } of report.checks) expect(fix === '').toBe(status === 'ok')
  })

  it.each([
    ['22.3.25', 'warning', /stand-in.*no security updates/],
    ['45.4.1', 'ok', /^45\.4\.1$/],
  ])('the doctor says of Electron %s whether it is a stand-in: %s', async (electron, status, found) => {
    const { client } = await openEngine(temporaryFolder(), { electron })
    const { checks, versions } = await client.runtime.doctor()
    const check = checks.find(({ id }) => id === 'electron')
    expect(check).toMatchObject({ status, found: expect.stringMatching(found) as string })
    expect(versions['Electron']).toBe(electron)
    if (status === 'warning') expect(check?.fix).toContain('npm run setup -- --electron vendor')
  })

  it('the doctor looks for no Electron where there is no window', async () => {
    const { checks } = await (await openEngine(temporaryFolder())).client.runtime.doctor()
    expect(checks.map(({ id }) => id)).not.toContain('electron')
  })

  it('pushes its status until the client breaks off', async () => {
    const { client } = await openEngine(temporaryFolder())
    let count = 0
    for await (const status of await client.runtime.watch()) {
      expect(status.computes).toHaveLength(2)
      expect(status.memory.usedBytes).toBeGreaterThan(0)
      if (++count === 2) break
    }
    expect(count).toBe(2)
  })
})
