import { existsSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { trainingProcesses } from '../testing/training-processes'
import { measureTogether } from './measure-together'
import { BENCHMARK_NETWORKS, createWorkload, type Workload } from './workload'

async function workload(): Promise<Workload> {
  const made = await createWorkload()
  onTestFinished(() => made.close())
  return made
}

const two = [{}, {}]

describe('measuring computes together', () => {
  it('gives the images a second of all of them for each network, and ends them', async () => {
    const { start, live, most } = trainingProcesses(5)
    const signal = new AbortController().signal
    const seen: (readonly number[])[] = []
    const onMeasured = (pids: readonly number[]): Promise<void> => Promise.resolve(void seen.push(pids))
    const rates = await measureTogether({
      start,
      workload: await workload(),
      environments: two,
      signal,
      onMeasured,
      seconds: 0.3,
    })
    expect(rates.map(({ network }) => network)).toEqual(['small', 'middle'])
    for (const [index, { imagesPerSecond }] of rates.entries()) {
      const steps = imagesPerSecond / BENCHMARK_NETWORKS[index]!.batchSize
      // Two computes with a step every 5 ms; timers come late on a busy machine, never early.
      expect(steps).toBeLessThan(440)
      expect(steps).toBeGreaterThan(20)
    }
    expect([most(), live(), seen]).toEqual([2, 0, [[1, 2]]])
  })

  it('is over at once when nobody wants it any more, or a compute dies', async () => {
    const { start, live, crash } = trainingProcesses(5)
    const controller = new AbortController()
    const options = { start, workload: await workload(), environments: two, seconds: 60 }
    const cancelled = measureTogether({ ...options, signal: controller.signal })
    const outcome = expect(cancelled).rejects.toMatchObject({ code: 'cancelled' })
    setTimeout(() => controller.abort(), 100)
    await outcome
    expect(live()).toBe(0)
    const dying = measureTogether({ ...options, signal: new AbortController().signal })
    const death = expect(dying).rejects.toMatchObject({
      code: 'compute-died',
      message: expect.stringContaining('139') as string,
    })
    setTimeout(crash, 100)
    await death
    expect(live()).toBe(0)
  })
})

describe('the workload', () => {
  it('is a job a compute understands, on files that go with it', async () => {
    const made = await createWorkload()
    const [small, middle] = BENCHMARK_NETWORKS
    const job = made.job(small!, 1)
    expect(job.recipe).toMatchObject({ batchSize: 16, optimizer: 'sgd' })
    expect(job.graph.nodes.filter(({ kind }) => kind === 'conv2d').length).toBeGreaterThanOrEqual(19)
    expect([small!, middle!].map((network) => made.stepsPerEpoch(network))).toEqual([512, 128])
    expect(job.checkpointFolder).not.toBe(made.job(small!, 0).checkpointFolder)
    expect(existsSync(job.data.images)).toBe(true)
    await made.close()
    expect(existsSync(path.dirname(job.data.images))).toBe(false)
  })
})
