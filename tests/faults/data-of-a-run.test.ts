// What becomes of a search whose data set somebody wants to change: never a result on other images than those before.
import { rmSync } from 'node:fs'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createEngine } from '../../src/engine/host'
import { fakeComputes, wellTrained } from '../../src/engine/testing/fake-computes'
import { temporaryFolder } from '../../src/engine/testing/temporary-folder'
import type { EngineContract } from '../../src/shared/contract'
import { memoryPorts } from '../../src/shared/transport/port'
import { createClient, serveRouter, type Client } from '../../src/shared/transport/rpc'
import { DATASET, writeDataset } from './dataset'
import { definition } from './workbench'

async function open(workspace: string, train: typeof wellTrained): Promise<Client<EngineContract>> {
  const engine = await createEngine({
    workspaceFolder: workspace,
    cacheFolder: path.join(workspace, 'cache'),
    resourcesFolder: path.join(workspace, 'resources'),
    appVersion: '0.0.0-test',
    autoResume: false,
    startProcess: () => Promise.reject(new Error('no processes in this test')),
    computes: fakeComputes(train),
  })
  onTestFinished(() => engine.close())
  const [server, port] = memoryPorts()
  serveRouter(engine.router, server)
  return createClient<EngineContract>(port)
}

it('a going search keeps its data set; a paused one goes on with the same images or not at all', async () => {
  const workspace = temporaryFolder()
  writeDataset(workspace)
  let next: () => void = () => undefined
  const client = await open(workspace, async function* (job) {
    for await (const event of wellTrained(job)) {
      yield event
      if (event.type === 'epoch' && event.epoch.epoch === 1) await new Promise<void>((resolve) => (next = resolve))
    }
  })
  const { id } = await client.searches.create({ definition: definition() })
  const state = async () => (await client.searches.get({ id })).state
  await expect.poll(async () => (await client.trials.list({ id })).trials[0]?.epochs.length).toBe(1)
  await expect(client.datasets.remove({ name: DATASET })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('search 1 "Disturbed"') as string,
  })

  await client.searches.pause({ id })
  next()
  await expect.poll(state).toBe('paused')
  await client.datasets.remove({ name: DATASET })
  writeDataset(workspace, 1)
  await client.searches.resume({ id })
  await expect.poll(state).toBe('failed')
  expect((await client.searches.get({ id })).error).toMatchObject({
    code: 'conflict',
    message: expect.stringContaining(`"${DATASET}"`) as string,
    fix: expect.stringContaining('Import the images of before') as string,
  })

  rmSync(path.join(workspace, 'datasets', DATASET), { recursive: true })
  writeDataset(workspace)
  await client.searches.resume({ id })
  await expect.poll(async () => (await client.trials.list({ id })).trials[0]?.epochs.length).toBe(1)
  next()
  await expect.poll(state).toBe('finished')
})
