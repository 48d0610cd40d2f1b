import { mkdirSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { insertRun } from '../storage/runs'
import { openStore } from '../storage/store'
import { insertGeneration, listTrials, updateTrial } from '../storage/trials'
import { newRun, newTrial } from '../testing/run-fixtures'
import { temporaryFolder } from '../testing/temporary-folder'
import { dropStaleCheckpoints } from './stale-checkpoints'

it('keeps the checkpoints of trials that go on, and nothing else that is a checkpoint', async () => {
  const store = openStore(temporaryFolder())
  await store.write(async (writer) => {
    await insertRun(writer, newRun('a'))
    await insertGeneration(
      writer,
      'a',
      0,
      ['waiting', 'running', 'finished', 'cancelled'].map((name) => newTrial(name)),
    )
    for (const [index, state] of (['waiting', 'running', 'finished', 'cancelled'] as const).entries())
      await updateTrial(writer, index + 1, { state })
  })
  expect((await listTrials(store.db, 'a')).map(({ id }) => id)).toEqual([1, 2, 3, 4])
  for (const name of ['trial-1', 'trial-2', 'trial-3', 'trial-4', 'trial-99', 'notes'])
    mkdirSync(path.join(store.folders.checkpoints, name))
  expect(await dropStaleCheckpoints(store)).toBe(3)
  expect(readdirSync(store.folders.checkpoints).sort()).toEqual(['notes', 'trial-1', 'trial-2'])
  await store.close()
})
