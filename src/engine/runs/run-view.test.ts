// A front is worked out anew only where its run has a new result.
import { afterEach, expect, it } from 'vitest'
import { getRun } from '../storage/runs'
import { listTrials, updateTrial } from '../storage/trials'
import { createHarness } from '../testing/harness'
import { run, type Harness } from '../testing/small-run'
import { temporaryFolder } from '../testing/temporary-folder'
import { winnersOf } from './run-view'

let opened: Harness | undefined
afterEach(async () => opened?.close())

it('a front is worked out again with a new result, and with nothing else', async () => {
  const harness: Harness = (opened = createHarness({ folder: temporaryFolder() }))
  await run(harness, { objective: { kind: 'pareto', costs: ['macs'] } })
  await harness.until('r', 'finished')
  const { db } = harness.store
  const record = await getRun(db, 'r')
  const first = await winnersOf(db, record)
  expect(first.front?.trialIds).toContain(first.best?.id)
  await harness.orchestrator.rename('r', 'renamed')
  expect((await winnersOf(db, record)).front).toBe(first.front)
  // As if one that failed had come to a result, better than any.
  const [failed] = await listTrials(db, 'r')
  await harness.store.write((writer) =>
    writer.updateTable('trials').set({ state: 'failed' }).where('id', '=', failed!.id).execute(),
  )
  await winnersOf(db, record)
  await harness.store.write((writer) => updateTrial(writer, failed!.id, { state: 'finished', fitness: 100 }))
  expect((await winnersOf(db, record)).best?.id).toBe(failed!.id)
})
