import { writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { getRun } from '../storage/runs'
import { findResult, insertGeneration, listTrials } from '../storage/trials'
import { createHarness } from '../testing/harness'
import { newRun, newTrial } from '../testing/run-fixtures'
import { temporaryFolder } from '../testing/temporary-folder'
import { RunControl } from './control'
import { createLiveRun } from './live-run'
import type { PreparedRun } from './prepared-run'
import { reuseResult } from './trial-runner'

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
