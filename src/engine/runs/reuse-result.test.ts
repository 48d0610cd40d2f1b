import { writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { getRun } from '../storage/runs'
import { findResult, getTrial, insertGeneration, listTrials, updateTrial } from '../storage/trials'
import { createHarness } from '../testing/harness'
import { newRun, newTrial } from '../testing/run-fixtures'
import { temporaryFolder } from '../testing/temporary-folder'
import { RunControl } from './control'
import { createLiveRun } from './live-run'
import type { PreparedRun } from './prepared-run'
import { endTrial } from './change-run'
import { reuseResult, runTrial } from './trial-runner'

it('a result whose search is removed at the last moment is not reused: the trial is trained instead', async () => {
  const { orchestrator, store, artefacts, updates, until, close } = createHarness({ folder: temporaryFolder() })
  await orchestrator.create(newRun('first', { populationSize: 1, generations: 1 }))
  await orchestrator.resume('first')
  await until('first', 'finished')
  const [source] = await listTrials(store.db, 'first')
  await orchestrator.create(newRun('second'))
  await store.write((writer) =>
    insertGeneration(writer, 'second', 0, [newTrial('same', { evaluationKey: source!.evaluationKey })]),
  )
  const [trial] = await listTrials(store.db, 'second')
  const earlier = await findResult(store.db, trial!.evaluationKey, 'second', trial!.number)
  expect(earlier?.id).toBe(source!.id)
  await orchestrator.remove('first')
  const context = {
    store,
    artefacts,
    updates,
    run: await getRun(store.db, 'second'),
    live: createLiveRun(0, newRun('second').definition),
    control: new RunControl(),
    // Reusing asks nothing of it.
    prepared: {} as PreparedRun,
  }
  expect(await reuseResult(context, trial!, earlier!)).toBe(false)
  expect(await listTrials(store.db, 'second')).toEqual([trial])
  await close()
})

it('a result whose weights are not what was trained is not reused, and the journal says why', async () => {
  const { orchestrator, store, artefacts, updates, until, close } = createHarness({ folder: temporaryFolder() })
  await orchestrator.create(newRun('first', { populationSize: 1, generations: 1 }))
  await orchestrator.resume('first')
  await until('first', 'finished')
  const [source] = await listTrials(store.db, 'first')
  await orchestrator.create(newRun('second'))
  await store.write((writer) =>
    insertGeneration(writer, 'second', 0, [newTrial('same', { evaluationKey: source!.evaluationKey })]),
  )
  const [trial] = await listTrials(store.db, 'second')
  const earlier = await findResult(store.db, trial!.evaluationKey, 'second', trial!.number)
  expect(earlier?.id).toBe(source!.id)
  writeFileSync(artefacts.path(source!.weightsSha256!), 'weights of another')
  const context = {
    store,
    artefacts,
    updates,
    run: await getRun(store.db, 'second'),
    live: createLiveRun(0, newRun('second').definition),
    control: new RunControl(),
    // Reusing asks nothing of it.
    prepared: {} as PreparedRun,
  }
  expect(await reuseResult(context, trial!, earlier!)).toBe(false)
  expect(await listTrials(store.db, 'second')).toEqual([trial])
  const lines = await store.db.selectFrom('journal').select('message').where('run_id', '=', 'second').execute()
  expect(lines.map(({ message }) => message).join()).toContain('missing or damaged')
  await close()
})

/** A waiting trial of a run, with what runs it; an evaluation of it fails the test. */
async function waiting(costs: Record<string, number> = {}) {
  const harness = createHarness({ folder: temporaryFolder() })
  const { orchestrator, store, artefacts, updates } = harness
  await orchestrator.create(newRun('r'))
  await store.write((writer) => insertGeneration(writer, 'r', 0, [newTrial('one', { costs })]))
  const [trial] = await listTrials(store.db, 'r')
  const evaluated: number[] = []
  const evaluate = (one: { id: number }) => (evaluated.push(one.id), Promise.reject(new Error('it was evaluated')))
  const context = {
    ...{ store, artefacts, updates, control: new RunControl(), run: await getRun(store.db, 'r') },
    live: createLiveRun(0, newRun('r').definition),
    prepared: { evaluator: { evaluate, conditions: () => null } } as unknown as PreparedRun,
  }
  return { ...harness, trial: trial!, context, evaluated }
}

it('a trial that is ended by hand just before it begins does not train', async () => {
  const { store, trial, context, evaluated, close, ...tools } = await waiting()
  let isEnded = false
  // The last moment: between what was read of it and the write that begins it.
  const late: typeof store = Object.create(store, {
    write: {
      value: async (work: Parameters<typeof store.write>[0]) => {
        if (!isEnded) {
          isEnded = true
          await endTrial({ ...tools, store }, trial.id)
        }
        return store.write(work)
      },
    },
  }) as typeof store
  await runTrial({ ...context, store: late }, trial)
  expect(evaluated).toEqual([])
  expect(await getTrial(store.db, trial.id)).toMatchObject({ state: 'failed', error: { code: 'cancelled' } })
  await close()
})

it('a trial that was ended by hand takes no result over', async () => {
  const { store, trial, context, close, ...tools } = await waiting()
  await endTrial({ ...tools, store }, trial.id)
  const earlier = { ...trial, state: 'finished' as const, fitness: 1 }
  expect(await reuseResult(context, trial, earlier)).toBe(true)
  expect(await getTrial(store.db, trial.id)).toMatchObject({ state: 'failed', fitness: null, reusedFrom: null })
  await close()
})

it('a result of another search brings what was measured; what this one has worked out stands', async () => {
  const { store, orchestrator, trial, context, close } = await waiting({ trainingBytes: 5 })
  await orchestrator.create(newRun('other'))
  await store.write(async (writer) => {
    await insertGeneration(writer, 'other', 0, [newTrial('one')])
    const [other] = await listTrials(writer, 'other')
    await updateTrial(writer, other!.id, { state: 'finished', fitness: 1, costs: { trainingBytes: 9, latency: 3 } })
  })
  const earlier = await findResult(store.db, trial.evaluationKey, 'r', trial.number)
  expect(await reuseResult(context, trial, earlier!)).toBe(true)
  expect((await getTrial(store.db, trial.id)).costs).toEqual({ trainingBytes: 5, latency: 3 })
  await close()
})
