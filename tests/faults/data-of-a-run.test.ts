// What becomes of a search or an export whose data set somebody wants to change: never a result on other images than those before.
import { rmSync } from 'node:fs'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { ProofClient } from '../../src/engine/executors/pool'
import type { EngineOptions } from '../../src/engine/host'
import { fakeComputes, predictions, wellTrained } from '../../src/engine/testing/fake-computes'
import { temporaryFolder } from '../../src/engine/testing/temporary-folder'
import type { EngineContract } from '../../src/shared/contract'
import type { Client } from '../../src/shared/transport/rpc'
import { DATASET, writeDataset } from './dataset'
import { openEngine } from './engine'
import { definition } from './workbench'

async function open(
  workspace: string,
  train: typeof wellTrained,
  more: Partial<EngineOptions> = {},
): Promise<Client<EngineContract>> {
  const { client, close } = await openEngine(workspace, { computes: fakeComputes(train), ...more })
  onTestFinished(close)
  return client
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
    message: expect.stringContaining('run 1 "Disturbed"') as string,
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

it('an export keeps the data set that its proof reads, until it is done', async () => {
  const workspace = temporaryFolder()
  writeDataset(workspace)
  let prove: () => void = () => undefined
  const client = await open(workspace, wellTrained, {
    startProof: () =>
      Promise.resolve({
        client: {
          predict: async ({ indices }: { indices: number[] }) => {
            await new Promise<void>((resolve) => (prove = resolve))
            return { ...predictions(indices), runtime: 'plain tfjs' }
          },
        } as unknown as ProofClient,
        close: () => Promise.resolve(),
      }),
  })
  const { id } = await client.searches.create({ definition: definition() })
  await expect.poll(async () => (await client.searches.get({ id })).state).toBe('finished')
  const [trial] = (await client.trials.list({ id })).trials
  const stages: string[] = []
  const exporting = (async () => {
    for await (const { stage } of await client.exports.create({ trialId: trial!.id })) stages.push(stage)
  })()
  await expect.poll(() => stages).toContain('proving')
  await expect(client.datasets.remove({ name: DATASET })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('the export of trial 1 of run 1 uses it') as string,
  })
  prove()
  await exporting
  expect(stages).toEqual(['checking', 'writing', 'proving', 'done'])
  await client.datasets.remove({ name: DATASET })
})
