// What a forecast comes to, with computes whose epochs take a known time; that nothing of it is stored.
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import type { RunForecast } from '@shared/search/run-forecast'
import type { RunDefinition } from '@shared/search/run'
import { epochOf } from '../testing/harness'
import { finishedEvent, type TrainScript } from '../testing/fake-computes'
import { fetchTiny, openEngine, tinyChains, tinySearch, type Opened } from '../testing/open-engine'
import { temporaryFolder } from '../testing/temporary-folder'
import { spaceSchema } from '@shared/spaces/schema'

/** Epochs that say they took so many seconds; the first one twice that. */
const lasting = (seconds: number): TrainScript =>
  async function* (job) {
    const { lease } = job
    yield { type: 'started', lease, parameters: 1, resumedFromEpoch: 0, stepsPerEpoch: 1, notice: null }
    for (let epoch = 1; epoch <= job.recipe.epochs; epoch++) {
      await new Promise((resolve) => setImmediate(resolve))
      yield { type: 'epoch', lease, epoch: { ...epochOf(epoch, 0.5), seconds: epoch === 1 ? 2 * seconds : seconds } }
    }
    yield finishedEvent(job, 0.5)
  }

async function forecast({ client }: Opened, definition: RunDefinition): Promise<RunForecast> {
  let last: RunForecast | null = null
  let told = 0
  for await (const { result } of await client.searches.forecast({ definition })) {
    told++
    last = result ?? last
  }
  expect(told).toBeGreaterThan(0)
  return last!
}
const calibrations = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('gptnas-calibration-'))

describe('a forecast', () => {
  it('scales a short training to the whole one, and stores nothing', async () => {
    const engine = await openEngine(temporaryFolder(), { train: lasting(10) })
    await fetchTiny(engine)
    const before = calibrations()
    // 30 images in batches of 2 are 15 steps, of which 10 are trained: 1.5 x 4 epochs of 10 s, the first one 10 s longer.
    const recipe = { epochs: 4, batchSize: 2 }
    const found = await forecast(engine, tinySearch({ recipe, computes: 1 }))
    expect(found).toMatchObject({ evaluations: 6, calibrated: 3 })
    const middle = Math.sqrt(found.time!.low * found.time!.high)
    expect(middle).toBeGreaterThan(6 * 69)
    expect(middle).toBeLessThan(6 * 75)
    expect(found.time!.low).toBeLessThan(found.time!.high)
    expect(found.diskBytes).toBeGreaterThan(0)
    for (const job of engine.pool.jobs) expect(job.recipe.epochs).toBe(2)
    expect(calibrations()).toEqual(before)
    expect(await engine.client.searches.list()).toEqual([])
  })

  it('is bounded by the budgets', async () => {
    const engine = await openEngine(temporaryFolder(), { train: lasting(10) })
    await fetchTiny(engine)
    expect(await forecast(engine, tinySearch({ maxSeconds: 5 }))).toMatchObject({ time: { low: 5, high: 5 } })
    expect(await forecast(engine, tinySearch({ maxEpochs: 5, recipe: { epochs: 2 } }))).toMatchObject({
      evaluations: 2,
    })
  })

  it('of a table takes next to no time, and of what cannot start there is none', async () => {
    const engine = await openEngine(temporaryFolder())
    const positions = [{ name: 'a', choices: ['x', 'y', 'z'] }]
    const file = { format: 'gptnas-space/1', name: 'w', positions, table: { file: 't.csv', key: 'k', fitness: 'f' } }
    const space = spaceSchema.parse({ kind: 'user', file, table: 'k,f\n0,1\n1,2\n2,3' })
    expect(await forecast(engine, tinySearch({ space, evaluator: { kind: 'table' } }))).toMatchObject({
      evaluations: 3,
      time: { low: 0, high: 0 },
      calibrated: 0,
    })
    await expect(forecast(engine, tinySearch({ space: tinyChains({ maxMacs: 1000 }) }))).rejects.toMatchObject({
      code: 'invalid-input',
    })
    await expect(forecast(engine, tinySearch())).rejects.toMatchObject({ code: 'dataset-missing' })
  })

  it('says why where no network can be trained', async () => {
    const broken: TrainScript = async function* () {
      yield* []
      await Promise.resolve()
      throw new Error('no luck')
    }
    const engine = await openEngine(temporaryFolder(), { train: broken })
    await fetchTiny(engine)
    await expect(forecast(engine, tinySearch())).rejects.toThrow(/No network of the space could be trained/)
  })
})
