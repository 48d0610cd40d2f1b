// The device procedures as a client sees them: over a port, on a real engine whose processes live in memory.
import { describe, expect, it } from 'vitest'
import type { BenchmarkEvent } from '@shared/contract/devices'
import { runDefinitionSchema } from '@shared/search/run'
import { deviceSettingsSchema } from '@shared/runtime/device-settings'
import { openEngine } from '../testing/open-engine'
import { temporaryFolder } from '../testing/temporary-folder'
import { trainingProcesses } from '../testing/training-processes'

async function open() {
  const processes = trainingProcesses(5)
  const { client } = await openEngine(temporaryFolder(), { computes: undefined, startProcess: processes.start })
  return { client, processes }
}

describe('the benchmark of an engine', () => {
  it('tells what it does, can be broken off without a trace, and is refused while another goes on', async () => {
    const { client, processes } = await open()
    const before = await client.runtime.devices()
    const events: BenchmarkEvent[] = []
    for await (const event of await client.runtime.benchmark()) {
      events.push(event)
      if (event.type !== 'progress' || !event.message.startsWith('Measuring')) continue
      const second = await client.runtime.benchmark()
      await expect(second.next()).rejects.toMatchObject({ code: 'conflict' })
      await expect(client.runtime.configureDevices(deviceSettingsSchema.parse({ cpuSlots: 1 }))).rejects.toMatchObject({
        code: 'conflict',
      })
      await expect.poll(() => processes.live()).toBeGreaterThan(0)
      break
    }
    expect(events[0]).toMatchObject({ type: 'progress' })
    await expect.poll(() => processes.live()).toBe(0)
    expect(await client.runtime.devices()).toEqual(before)
    // The measured computes are gone before the files they read are; then the pool is free.
    const one = deviceSettingsSchema.parse({ cpuSlots: 1 })
    const change = () => client.runtime.configureDevices(one).catch(({ code }: { code: string }) => code)
    await expect.poll(change).toMatchObject({ slots: [{ threads: before.cores }], source: 'settings' })
    expect((await client.runtime.status()).computes).toHaveLength(1)
  })

  it('is refused while a search runs, as are settings', async () => {
    const { client } = await open()
    for await (const _ of await client.datasets.get({ name: 'tiny' }));
    const definition = runDefinitionSchema.parse({
      name: 'long',
      strategy: { name: 'random' },
      populationSize: 2,
      generations: 1,
      space: { blocks: ['common-conv'], minBlocks: 1, maxBlocks: 2, stemWidth: 4, maxWidth: 8 },
      data: { dataset: 'tiny', trainImages: 10, validationImages: 10 },
    })
    const { id, number } = await client.searches.create({ definition })
    await expect
      .poll(async () => (await client.searches.get({ id })).counts.running, { timeout: 10_000 })
      .toBeGreaterThan(0)
    const refused = { code: 'conflict', message: expect.stringContaining(`Run ${number} is running`) as string }
    await expect((await client.runtime.benchmark()).next()).rejects.toMatchObject(refused)
    await expect(client.runtime.configureDevices(deviceSettingsSchema.parse({}))).rejects.toMatchObject(refused)
    await client.searches.stop({ id })
  })
})
