// Searches through the whole contract, over a port.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { chainDocument, cifarStem, classifierHead } from '@shared/architecture/document'
import type { RunDefinitionInput } from '@shared/search/run'
import { finishedEvent, wellTrained, type TrainScript } from './testing/fake-computes'
import { epochOf } from './testing/harness'
import { updateRun } from './storage/runs'
import { openStore } from './storage/store'
import { temporaryFolder } from './testing/temporary-folder'
import { fetchTiny, follow, openEngine, tinyChains, tinySearch } from './testing/open-engine'

describe('a run of one architecture', () => {
  const network = (classes: number) => {
    const stem = cifarStem(4)
    return chainDocument({ name: 'Mine', inputShape: [4, 4, 3], classes, stem, blocks: [], head: classifierHead() })
  }
  const single = (classes: number) =>
    tinySearch({ space: { kind: 'single', architecture: { ...network(classes) } }, generations: 5 })

  it('is one trial of that document, whatever the definition says of generations', async () => {
    const engine = await openEngine(temporaryFolder())
    await fetchTiny(engine)
    const definition = single(3)
    expect(await engine.client.searches.check({ definition })).toMatchObject({ problems: [] })
    const { id } = await engine.client.searches.create({ definition })
    const last = (await follow(engine, id)).at(-1)!
    expect(last.run).toMatchObject({ state: 'finished', counts: { finished: 1, planned: 1 } })
    const { trials } = await engine.client.trials.list({ id })
    const { document, fitness } = await engine.client.trials.get({ id: trials[0]!.id })
    expect(document).toEqual(JSON.parse(JSON.stringify(network(3))))
    expect(fitness).not.toBeNull()
    expect(engine.pool.jobs).toHaveLength(1)
    // Trained before with the same recipe, data and seed: one architecture is one evaluation.
    const again = await engine.client.searches.create({ definition })
    expect((await follow(engine, again.id)).at(-1)!.run.bestFitness).toBe(fitness)
    expect(engine.pool.jobs).toHaveLength(1)
  })

  it('is refused when it does not fit the data', async () => {
    const engine = await openEngine(temporaryFolder())
    await fetchTiny(engine)
    const { problems } = await engine.client.searches.check({ definition: single(7) })
    expect(problems).toEqual([expect.stringMatching(/gives 7 values.* 3 classes/)])
    await expect(engine.client.searches.create({ definition: single(7) })).rejects.toMatchObject({
      code: 'invalid-architecture',
    })
  })
})

describe('a search through the contract', () => {
  it("trains what the space proposes on the run's own split and never shows a compute the test data", async () => {
    const engine = await openEngine(temporaryFolder())
    await fetchTiny(engine)
    const created = await engine.client.searches.create({ definition: tinySearch() })
    expect(created).toMatchObject({ number: 1, state: 'running' })
    const updates = await follow(engine, created.id)
    const last = updates.at(-1)!
    expect(last.run).toMatchObject({ state: 'finished', counts: { finished: 6, planned: 6 } })

    const { trials, total } = await engine.client.trials.list({ id: created.id })
    // The elite is proposed again in each generation but the first, and is no evaluation.
    expect([total, trials.filter(({ isRepeat }) => !isRepeat).length]).toEqual([8, 6])
    expect(
      trials.every(
        ({ epochs, fitness, parameters, macs }) =>
          epochs.length === 2 && fitness !== null && (parameters ?? 0) > 0 && (macs ?? 0) > 0,
      ),
    ).toBe(true)
    const trial = await engine.client.trials.get({ id: trials[0]!.id })
    expect(JSON.stringify(trial.document)).toContain('resnet-basic')

    for (const job of engine.pool.jobs) {
      expect(job.data.images).toContain(`${path.sep}train${path.sep}`)
      expect(JSON.stringify(job)).not.toContain(`${path.sep}test${path.sep}`)
      expect(readFileSync(job.trainIndices).length).toBe(30 * 4)
      expect(readFileSync(job.validationIndices).length).toBe(15 * 4)
      expect(job.graph.input).toEqual([4, 4, 3])
    }
    expect(new Set(engine.pool.jobs.map(({ lease }) => lease)).size).toBe(engine.pool.jobs.length)
    const summary = await engine.client.searches.generations({ id: created.id })
    expect(summary.map(({ finished, failed }) => [finished, failed])).toEqual([
      [3, 0],
      [3, 0],
      [2, 0],
    ])
  })

  it('streams first everything, then changes that add up to the same, at most ten a second', async () => {
    const slow: TrainScript = async function* (job, ...rest) {
      for await (const event of wellTrained(job)) {
        // Far more events than updates.
        if (event.type === 'step') for (let i = 0; i < 50; i++) yield event
        await new Promise((resolve) => setTimeout(resolve, 20))
        yield event
      }
      void rest
    }
    const engine = await openEngine(temporaryFolder(), { train: slow })
    await fetchTiny(engine)
    const { id } = await engine.client.searches.create({ definition: tinySearch() })
    const startedAt = Date.now()
    const updates = await follow(engine, id)
    const seconds = (Date.now() - startedAt) / 1000
    expect(updates.length).toBeGreaterThan(3)
    expect(updates.length).toBeLessThanOrEqual(10 * seconds + 2)
    const merged = new Map(updates.flatMap(({ changedTrials }) => changedTrials).map((trial) => [trial.id, trial]))
    const { trials } = await engine.client.trials.list({ id })
    expect([...merged.values()].sort((a, b) => a.number - b.number)).toEqual(trials)
    const journal = updates.flatMap((update) => update.journal.map((entry) => entry.id))
    expect(new Set(journal).size).toBe(journal.length)
    expect(
      updates.some(({ activities }) =>
        activities.some(({ stepsPerEpoch, epochs }) => stepsPerEpoch === 3 && epochs === 2),
      ),
    ).toBe(true)
    // Who comes late gets everything at once, and the stream of an ended run ends.
    const [late, ...more] = await follow(engine, id)
    expect(late!.changedTrials).toEqual(trials)
    expect(more).toEqual([])
  })

  it('tells how far the validation of an epoch is, whose steps are done by then', async () => {
    const validating: TrainScript = async function* (job) {
      for await (const event of wellTrained(job)) {
        if (event.type === 'step' && event.step === 3) continue // as where the last step follows too fast to be told
        if (event.type === 'epoch') {
          yield { type: 'validation', lease: job.lease, epoch: event.epoch.epoch, images: 8, of: 15 }
          await new Promise((resolve) => setTimeout(resolve, 150))
        }
        yield event
      }
    }
    const engine = await openEngine(temporaryFolder(), { train: validating })
    await fetchTiny(engine)
    const { id } = await engine.client.searches.create({ definition: tinySearch({ generations: 1 }) })
    const activities = (await follow(engine, id)).flatMap((update) => update.activities)
    expect(activities).toContainEqual(
      expect.objectContaining({ epoch: 1, step: 3, stepsPerEpoch: 3, validation: { images: 8, of: 15 }, loss: 0.5 }),
    )
    // The next epoch's steps are not taken for validation.
    const later = activities.filter(({ epoch, step }) => epoch === 2 && step < 3)
    expect(later.map(({ validation }) => validation).filter((validation) => validation !== null)).toEqual([])
  })

  it('believes no event of another lease', async () => {
    const engine = await openEngine(temporaryFolder(), {
      train: async function* (job) {
        yield { type: 'epoch', lease: 'old', epoch: epochOf(1, 0.99) }
        yield { ...finishedEvent(job, 0.99), lease: 'old' }
        yield* wellTrained(job)
      },
    })
    await fetchTiny(engine)
    const { id } = await engine.client.searches.create({ definition: tinySearch({ generations: 1 }) })
    await follow(engine, id)
    const { trials } = await engine.client.trials.list({ id })
    expect(trials.some(({ fitness, epochs }) => fitness === 0.99 || epochs.length !== 2)).toBe(false)
  })

  it('weights that are not what the compute promised interrupt the run: the disk cannot be trusted', async () => {
    const engine = await openEngine(temporaryFolder(), {
      train: async function* (job) {
        for await (const event of wellTrained(job)) {
          if (event.type === 'finished') writeFileSync(event.weights, 'damaged')
          yield event
        }
      },
    })
    await fetchTiny(engine)
    const { id } = await engine.client.searches.create({ definition: tinySearch() })
    const stream = await engine.client.searches.watch({ id })
    let state = ''
    for await (const { run } of stream) {
      state = run.state
      if (run.error !== null) break
    }
    expect(state).toBe('interrupted')
    expect((await engine.client.searches.get({ id })).error?.message).toContain('should have the hash')
  })

  it('without its data set fails with what to do, and goes on once it is there', async () => {
    const folder = temporaryFolder()
    const engine = await openEngine(folder)
    await fetchTiny(engine)
    const { id } = await engine.client.searches.create({ definition: tinySearch(), start: false })
    rmSync(path.join(folder, 'cache/datasets/tiny'), { recursive: true })
    await engine.client.searches.resume({ id })
    await expect.poll(async () => (await engine.client.searches.get({ id })).state).toBe('failed')
    expect((await engine.client.searches.get({ id })).error).toMatchObject({
      code: 'dataset-missing',
      fix: 'Fetch it under Data sets.',
      commandLine: expect.stringContaining('dataset get tiny') as string,
    })
    await fetchTiny(engine)
    await engine.client.searches.resume({ id })
    expect((await follow(engine, id)).at(-1)!.run.state).toBe('finished')
  })

  it('says before it starts what is wrong with a definition', async () => {
    const { client } = await openEngine(temporaryFolder())
    const check = async (change: Partial<RunDefinitionInput>) =>
      client.searches.check({ definition: tinySearch(change) })
    expect(await check({})).toMatchObject({ problems: [], plannedEvaluations: 6 })
    expect((await check({ data: { ...tinySearch().data, trainImages: 50 } })).problems[0]).toContain('has 60')
    expect((await check({ strategy: { name: 'gpt-nas:paper' } })).problems[0]).toContain('proposer')
    expect((await check({ strategy: { name: 'gpt-nas' } })).notes.join(' ')).toContain('begins at random')
    expect((await check({ strategy: { name: 'gp-ei' } })).notes.join(' ')).not.toContain('begins at random')
    expect((await check({ space: tinyChains({ minBlocks: 9 }) })).problems[0]).toContain('minBlocks')
    expect((await check({ space: tinyChains({ maxMacs: 1 }) })).problems).toHaveLength(1)
    expect((await check({ seedDesigns: ['nothing'] })).problems[0]).toContain('no design')
    await expect(
      client.searches.create({ definition: tinySearch({ seedDesigns: ['nothing'] }) }),
    ).rejects.toMatchObject({
      code: 'not-found',
    })
    expect(await client.searches.list()).toEqual([])
  })

  it('resumes by itself after an engine crash when its supervisor says so, else waits', async () => {
    const folder = temporaryFolder()
    const stuck: TrainScript = async function* (job, _compute, signal) {
      yield { type: 'started', lease: job.lease, parameters: 1, resumedFromEpoch: 0, stepsPerEpoch: 2, notice: null }
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
    }
    const first = await openEngine(folder, { train: stuck })
    await fetchTiny(first)
    const { id } = await first.client.searches.create({ definition: tinySearch() })
    await expect.poll(async () => (await first.client.searches.get({ id })).counts.running).toBe(2)
    await first.close()
    // As a kill leaves it: still running in the database.
    const crash = async (): Promise<void> => {
      const store = openStore(path.join(folder, 'workspace'))
      await store.write((writer) => updateRun(writer, id, { state: 'running' }))
      await store.close()
    }
    await crash()
    const waiting = await openEngine(folder)
    expect((await waiting.client.searches.get({ id })).state).toBe('interrupted')
    expect(waiting.pool.jobs).toEqual([])
    await waiting.close()
    await crash()
    const restarted = await openEngine(folder, { autoResume: true })
    expect((await follow(restarted, id)).at(-1)!.run).toMatchObject({ state: 'finished', counts: { finished: 6 } })
  })
})
