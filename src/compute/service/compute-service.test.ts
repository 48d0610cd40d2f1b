import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ComputeContract, TrainEvent } from '@shared/contract/compute'
import { memoryPorts } from '@shared/transport/port'
import { createClient, serveRouter } from '@shared/transport/rpc'
import { tinyJob } from '../training/testing/tiny-job'
import { createComputeService } from './compute-service'

function connect() {
  const [here, there] = memoryPorts()
  serveRouter(createComputeService({ environment: { TF_NUM_INTRAOP_THREADS: '1' } }), there)
  return { client: createClient<ComputeContract>(here), port: here }
}

async function job(...given: Parameters<typeof tinyJob>) {
  const { folder: _, ...made } = await tinyJob(...given)
  return made
}

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('compute service over a port', () => {
  it('says what it runs on and under which self-check', async () => {
    const info = await connect().client.info()
    expect(info.tensorflow).toMatch(/^\d+\.\d+/)
    expect(info).toMatchObject({ pid: process.pid, device: expect.stringMatching(/^CPU .*1 thread$/) as string })
    expect(info.selfCheck).toMatchObject({ oneDnn: false, groupedConvolution: false })
  })

  it('streams a training, then predicts and exports with its weights', async () => {
    const { client } = connect()
    const given = await job({ epochs: 2 })
    const events: TrainEvent[] = []
    for await (const event of await client.train(given)) events.push(event)
    expect(events.filter(({ type }) => type === 'epoch')).toHaveLength(2)
    expect(events.every(({ lease }) => lease === given.lease)).toBe(true)
    const finished = events[events.length - 1]!
    if (finished.type !== 'finished') throw new Error('expected finished')

    const { weights } = finished
    const indices = [60, 61, 62]
    const random = { count: 2, seed: 1 }
    const inputs = { data: given.data, indices, random }
    const { logits, labels, randomLogits } = await client.predict({ graph: given.graph, weights, ...inputs })
    expect(labels).toEqual([0, 1, 2])
    expect([logits.length, randomLogits.length]).toEqual([3, 2])
    for (const row of [...logits, ...randomLogits]) expect(row).toHaveLength(3)

    // What the end of its best epoch found, whole or not a multiple of a batch; another training's weights score otherwise.
    const best = events.find((event) => event.type === 'epoch' && event.epoch.epoch === finished.bestEpoch)
    if (best?.type !== 'epoch') throw new Error('expected its best epoch')
    const asked = { graph: given.graph, data: given.data, indices: given.validationIndices }
    const evaluated = await client.evaluate({ ...asked, weights })
    expect(evaluated).toMatchObject({ images: 23, accuracy: best.epoch.validationAccuracy })
    expect(evaluated.loss).toBeCloseTo(best.epoch.validationLoss, 5)

    const folder = join(given.checkpointFolder, 'export')
    const { files } = await client.export({
      format: 'tfjs',
      document: {},
      graph: given.graph,
      weights,
      folder,
      metadata: { run: 'one' },
    })
    expect((await readdir(folder)).sort()).toEqual(files.map(({ name }) => name).sort())
  })

  it('stops training when the stream is broken off, keeps the last checkpoint, and says when it has stopped', async () => {
    const { client } = connect()
    const given = await job({ epochs: 1000 })
    for await (const event of await client.train(given)) if (event.type === 'epoch' && event.epoch.epoch === 3) break
    await client.idle()
    const newest = async () =>
      (await readdir(given.checkpointFolder))
        .sort()
        .filter((name) => name.startsWith('epoch'))
        .pop()
    const stopped = await newest()
    await later(300)
    expect(await newest()).toBe(stopped)
    expect(Number(/\d+/.exec(stopped!)![0])).toBeGreaterThanOrEqual(3)
  })

  it('stops training when its caller is gone', async () => {
    const { client, port } = connect()
    const given = await job({ epochs: 1000 })
    const stream = await client.train(given)
    await stream.next()
    port.close()
    await expect(
      (async () => {
        for await (const _ of stream);
      })(),
    ).rejects.toThrow()
    await later(200)
    const before = await readdir(given.checkpointFolder).catch(() => [])
    await later(300)
    expect(await readdir(given.checkpointFolder).catch(() => [])).toEqual(before)
  })

  it('passes on why a training failed, as data', async () => {
    const { client } = connect()
    const given = await job({ learningRate: 1 })
    const hopeless = { ...given, timeLimitSeconds: 1e-9 }
    const failing = (async () => {
      for await (const _ of await client.train(hopeless));
    })()
    await expect(failing).rejects.toMatchObject({ code: 'time-limit', fix: expect.stringContaining('limit') as string })
  })

  it('answers for a proposer checkpoint that is not there', async () => {
    const asking = connect().client.proposerInfo({ checkpoint: 'anywhere' })
    await expect(asking).rejects.toMatchObject({
      code: 'not-found',
      fix: expect.stringContaining('proposer train') as string,
    })
  })
})
