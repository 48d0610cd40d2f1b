// The engine as its clients see it: the whole contract over a port, with a real workspace and data set, without processes.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  chainDocument,
  cifarStem,
  classifierHead,
  newBlockDocument,
  newNetworkDocument,
} from '@shared/architecture/document'
import { AppError } from '@shared/errors'
import type { EngineContract } from '@shared/contract'
import type { RunUpdate } from '@shared/contract/searches'
import { runDefinitionSchema, type RunDefinition } from '@shared/search/run'
import { memoryPorts } from '@shared/transport/port'
import { createClient, serveRouter, type Client } from '@shared/transport/rpc'
import { createDatasets } from './datasets/datasets'
import type { ProofClient } from './executors/pool'
import { createEngine, type EngineOptions } from './host'
import {
  fakeComputes,
  finishedEvent,
  predictions,
  wellTrained,
  type FakeComputes,
  type TrainScript,
} from './testing/fake-computes'
import { epochOf } from './testing/harness'
import { updateRun } from './storage/runs'
import { openStore } from './storage/store'
import { temporaryFolder } from './testing/temporary-folder'
import { makeTinyDataset } from './testing/tiny-dataset'

interface Opened {
  readonly client: Client<EngineContract>
  readonly pool: FakeComputes
  readonly close: () => Promise<void>
}

async function open(
  folder: string,
  options: { train?: TrainScript; proofChange?: number } & Partial<EngineOptions> = {},
): Promise<Opened> {
  const tiny = makeTinyDataset(path.join(folder, 'source'))
  const cacheFolder = path.join(folder, 'cache')
  const pool = fakeComputes(options.train)
  const engine = await createEngine({
    workspaceFolder: path.join(folder, 'workspace'),
    cacheFolder,
    resourcesFolder: path.join(folder, 'resources'),
    appVersion: '0.0.0-test',
    autoResume: false,
    startProcess: () => Promise.reject(new Error('no processes in this test')),
    computes: pool,
    datasets: createDatasets({ cacheFolder, catalogue: [tiny.source], download: tiny.download }),
    startProof: () =>
      Promise.resolve({
        client: {
          predictTfjs: ({ indices }: { indices: number[] }) =>
            Promise.resolve({ ...predictions(indices, options.proofChange), runtime: 'plain tfjs' }),
        } as unknown as ProofClient,
        close: () => Promise.resolve(),
      }),
    ...options,
  })
  const [server, port] = memoryPorts()
  serveRouter(engine.router, server)
  let isOpen = true
  const close = async (): Promise<void> => {
    if (!isOpen) return
    isOpen = false
    port.close()
    await engine.close()
  }
  onTestFinished(close)
  return { client: createClient<EngineContract>(port), pool, close }
}

function tinySearch(change: Partial<RunDefinition> = {}): RunDefinition {
  return runDefinitionSchema.parse({
    name: 'tiny',
    strategy: 'ga',
    populationSize: 3,
    generations: 2,
    space: {
      minBlocks: 2,
      maxBlocks: 3,
      stemWidth: 8,
      maxWidth: 16,
      blocks: ['resnet-basic', 'common-conv', 'common-relu'],
    },
    data: { dataset: 'tiny', trainImages: 30, validationImages: 15 },
    recipe: { epochs: 2 },
    ...change,
  })
}

async function fetchTiny({ client }: Opened): Promise<void> {
  for await (const _progress of await client.datasets.get({ name: 'tiny' })) continue
}

async function follow({ client }: Opened, id: string): Promise<RunUpdate[]> {
  const updates: RunUpdate[] = []
  for await (const update of await client.searches.watch({ id })) updates.push(update)
  return updates
}

describe('a run of one architecture', () => {
  const network = (classes: number) => {
    const stem = cifarStem(4)
    return chainDocument({ name: 'Mine', inputShape: [4, 4, 3], classes, stem, blocks: [], head: classifierHead() })
  }
  const single = (classes: number) => tinySearch({ architecture: { ...network(classes) }, generations: 5 })

  it('is one trial of that document, whatever the definition says of generations', async () => {
    const engine = await open(temporaryFolder())
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
    const engine = await open(temporaryFolder())
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
    const engine = await open(temporaryFolder())
    await fetchTiny(engine)
    const created = await engine.client.searches.create({ definition: tinySearch() })
    expect(created).toMatchObject({ number: 1, state: 'running' })
    const updates = await follow(engine, created.id)
    const last = updates.at(-1)!
    expect(last.run).toMatchObject({ state: 'finished', counts: { finished: 6, planned: 6 } })

    const { trials, total } = await engine.client.trials.list({ id: created.id })
    expect(total).toBe(6)
    expect(
      trials.every(
        ({ epochs, fitness, parameters, macs }) =>
          epochs.length === 2 && fitness !== null && parameters > 0 && macs > 0,
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
    const engine = await open(temporaryFolder(), { train: slow })
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
    expect(updates.some(({ activities }) => activities.some(({ steps, epochs }) => steps === 3 && epochs === 2))).toBe(
      true,
    )
    // Who comes late gets everything at once, and the stream of an ended run ends.
    const [late, ...more] = await follow(engine, id)
    expect(late!.changedTrials).toEqual(trials)
    expect(more).toEqual([])
  })

  it('believes no event of another lease', async () => {
    const engine = await open(temporaryFolder(), {
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

  it('weights that are not what the compute promised end the run: the disk cannot be trusted', async () => {
    const engine = await open(temporaryFolder(), {
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
    expect(state).toBe('failed')
    expect((await engine.client.searches.get({ id })).error?.message).toContain('should have the hash')
  })

  it('without its data set fails with what to do, and goes on once it is there', async () => {
    const engine = await open(temporaryFolder())
    const { id } = await engine.client.searches.create({ definition: tinySearch() })
    await expect.poll(async () => (await engine.client.searches.get({ id })).state).toBe('failed')
    expect((await engine.client.searches.get({ id })).error).toMatchObject({
      code: 'dataset-missing',
      fix: expect.stringContaining('dataset get tiny') as string,
    })
    await fetchTiny(engine)
    await engine.client.searches.resume({ id })
    expect((await follow(engine, id)).at(-1)!.run.state).toBe('finished')
  })

  it('says before it starts what is wrong with a definition', async () => {
    const { client } = await open(temporaryFolder())
    const check = async (change: Partial<RunDefinition>) => client.searches.check({ definition: tinySearch(change) })
    expect(await check({})).toMatchObject({ problems: [], plannedTrials: 6 })
    expect((await check({ data: { ...tinySearch().data, trainImages: 50 } })).problems[0]).toContain('has 60')
    expect((await check({ strategy: 'gpt-nas' })).problems[0]).toContain('proposer')
    expect((await check({ space: { ...tinySearch().space, minBlocks: 9 } })).problems[0]).toContain('minBlocks')
    expect((await check({ space: { ...tinySearch().space, maxMacs: 1 } })).problems).toHaveLength(1)
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
      yield { type: 'started', lease: job.lease, parameters: 1, resumedFromEpoch: 0, steps: 2, notice: null }
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
    }
    const first = await open(folder, { train: stuck })
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
    const waiting = await open(folder)
    expect((await waiting.client.searches.get({ id })).state).toBe('interrupted')
    expect(waiting.pool.jobs).toEqual([])
    await waiting.close()
    await crash()
    const restarted = await open(folder, { autoResume: true })
    expect((await follow(restarted, id)).at(-1)!.run).toMatchObject({ state: 'finished', counts: { finished: 6 } })
  })
})

describe('exports', () => {
  it('are written, proven on test images and kept; a difference fails the proof and is kept too', async () => {
    for (const [proofChange, passed] of [
      [0, true],
      [0.01, false],
    ] as const) {
      const engine = await open(temporaryFolder(), { proofChange })
      await fetchTiny(engine)
      const { id } = await engine.client.searches.create({ definition: tinySearch({ generations: 1 }) })
      const best = (await follow(engine, id)).at(-1)!.run.bestTrialId!
      const stages: string[] = []
      for await (const { stage } of await engine.client.exports.create({ trialId: best })) stages.push(stage)
      expect(stages).toEqual(['writing', 'proving', 'done'])
      const [made] = await engine.client.exports.list({ trialId: best })
      // The whole test split: it has fewer images than a proof looks at.
      expect(made).toMatchObject({ trialId: best, proof: { passed, images: 15, split: 'test', runtime: 'plain tfjs' } })
      expect(existsSync(path.join(made!.folder, 'model.json'))).toBe(true)
      expect(await engine.client.exports.list({ trialId: best + 1 })).toEqual([])
    }
  })

  it('need a trained network', async () => {
    const engine = await open(temporaryFolder(), {
      train: () => {
        throw new AppError('diverged', 'No luck.')
      },
    })
    await fetchTiny(engine)
    const { id } = await engine.client.searches.create({ definition: tinySearch({ generations: 1 }) })
    await follow(engine, id)
    const { trials } = await engine.client.trials.list({ id })
    expect(trials[0]).toMatchObject({ state: 'failed' })
    const create = async () => {
      for await (const _ of await engine.client.exports.create({ trialId: trials[0]!.id })) continue
    }
    await expect(create()).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('designs', () => {
  it('are checked when saved, refused when they are no documents, and drafts survive', async () => {
    const { client } = await open(temporaryFolder())
    const document = newNetworkDocument('mine', [4, 4, 3], 3)
    const saved = await client.designs.save({ document })
    expect(saved).toMatchObject({ kind: 'network', name: 'mine' })
    expect((await client.designs.load({ id: saved.id })).document).toEqual(document)
    await expect(client.designs.save({ document: { format: 'x' } })).rejects.toMatchObject({
      code: 'invalid-architecture',
    })
    await client.designs.saveDraft({ key: saved.id, document })
    expect(await client.designs.loadDraft({ key: saved.id })).toEqual({ document })
    expect(await client.designs.remove({ id: saved.id })).toEqual({ removed: true })
    expect(await client.designs.list()).toEqual([])
  })

  it("a user's block joins the space of a search by name, and the run keeps it as it was", async () => {
    const engine = await open(temporaryFolder())
    await fetchTiny(engine)
    const saved = await engine.client.designs.save({ document: newBlockDocument('my-block') })
    expect(saved).toMatchObject({ kind: 'block', errors: 0, searchable: true })
    await expect(engine.client.designs.save({ document: newBlockDocument('my-block') })).rejects.toMatchObject({
      code: 'conflict',
    })
    await expect(engine.client.designs.save({ document: newBlockDocument('common-conv') })).rejects.toMatchObject({
      code: 'conflict',
    })
    const space = { ...tinySearch().space, blocks: ['my-block'] }
    const { id } = await engine.client.searches.create({ definition: tinySearch({ space }), start: false })
    await engine.client.designs.remove({ id: saved.id })
    await engine.client.searches.resume({ id })
    expect((await follow(engine, id)).at(-1)!.run.counts.finished).toBe(6)
    const { trials } = await engine.client.trials.list({ id })
    expect(JSON.stringify(trials[0]!.genotype)).toContain('my-block')
    await expect(engine.client.searches.create({ definition: tinySearch({ space }) })).rejects.toMatchObject({
      code: 'invalid-architecture',
    })
  })

  it('a designed network seeds the first generation, or says why it cannot', async () => {
    const engine = await open(temporaryFolder())
    await fetchTiny(engine)
    const space = { ...tinySearch().space, minBlocks: 1, stemWidth: 16, blocks: null }
    const fitting = chainDocument({
      name: 'designed',
      inputShape: [4, 4, 3],
      classes: 3,
      stem: cifarStem(16),
      blocks: [{ block: 'common-conv', parameters: { width: 16 } }],
      head: classifierHead(),
    })
    const design = await engine.client.designs.save({ document: fitting })
    const definition = tinySearch({ space, seedDesigns: [design.id] })
    expect((await engine.client.searches.check({ definition })).problems).toEqual([])
    const { id } = await engine.client.searches.create({ definition })
    await follow(engine, id)
    const [first] = (await engine.client.trials.list({ id })).trials
    expect(first).toMatchObject({ origin: { operator: 'seed' }, genotype: { blocks: [{ block: 'common-conv' }] } })
    const other = await engine.client.designs.save({ document: newNetworkDocument('too large', [8, 8, 3], 3) })
    const refused = await engine.client.searches.check({ definition: tinySearch({ space, seedDesigns: [other.id] }) })
    expect(refused.problems[0]).toMatch(/"too large" cannot seed this search: it takes images of \[8, 8, 3\]/)
  })
})

describe('the runtime', () => {
  it('tells who holds a workspace that is read-only here', async () => {
    const folder = temporaryFolder()
    const first = await open(folder)
    const second = await open(folder)
    expect((await first.client.runtime.workspace()).readOnly).toBe(false)
    const { readOnly, holder } = await second.client.runtime.workspace()
    expect(readOnly).toBe(true)
    expect(holder).toContain(String(process.pid))
    const { id } = await first.client.searches.create({ definition: tinySearch(), start: false })
    const exportFirst = async () => (await second.client.exports.create({ trialId: 1 })).next()
    for (const write of [
      () => second.client.searches.create({ definition: tinySearch() }),
      () => second.client.searches.resume({ id }),
      () => second.client.searches.pause({ id }),
      () => second.client.searches.stop({ id }),
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
    const { client } = await open(temporaryFolder())
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
    const { client } = await open(temporaryFolder())
    const report = await client.runtime.doctor()
    expect(report.ok).toBe(false)
    const check = (id: string) => report.checks.find((candidate) => candidate.id === id)
    expect(check('tensorflow')).toMatchObject({ status: 'error', fix: 'Install it.' })
    expect(check('dataset-tiny')).toMatchObject({ status: 'warning' })
    expect(report.versions['GPT-NAS Workbench']).toBe('0.0.0-test')
    for (const { status, fix } of report.checks) expect(fix === '').toBe(status === 'ok')
  })

  it('pushes its status until the client breaks off', async () => {
    const { client } = await open(temporaryFolder())
    let count = 0
    for await (const status of await client.runtime.watch()) {
      expect(status.computes).toHaveLength(2)
      expect(status.memory.usedBytes).toBeGreaterThan(0)
      if (++count === 2) break
    }
    expect(count).toBe(2)
  })
})
