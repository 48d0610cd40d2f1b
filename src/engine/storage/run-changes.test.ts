// What held before a change is read as the older definition it is part of.
import { afterEach, expect, it } from 'vitest'
import { changeableOf } from '@shared/search/changes'
import { createHarness } from '../testing/harness'
import { definition, newRun } from '../testing/run-fixtures'
import type { Harness } from '../testing/small-run'
import { temporaryFolder } from '../testing/temporary-folder'
import { listChanges } from './run-changes'

let opened: Harness | undefined
afterEach(async () => opened?.close())

it('a change of before strategies had a field is read as definitions of then are', async () => {
  const harness: Harness = (opened = createHarness({ folder: temporaryFolder() }))
  await harness.orchestrator.create(newRun('r'))
  const strategy = { name: 'gpt-nas', firstPicks: 4, randomAfter: 2, randomFirst: 10, candidates: 1600 }
  const before = JSON.stringify({ ...changeableOf(definition()), strategy })
  await harness.store.write((writer) =>
    writer.insertInto('run_changes').values({ run_id: 'r', at: '2026-01-01', generation: 1, before }).execute(),
  )
  const [change] = await listChanges(harness.store.db, 'r')
  expect(change?.before.strategy).toEqual({
    ...strategy,
    surrogate: 'gaussian-process',
    chains: 'none',
    bounded: false,
    prior: false,
    liveChoices: false,
    questions: 1_000_000,
    checkpoint: '',
  })
})
