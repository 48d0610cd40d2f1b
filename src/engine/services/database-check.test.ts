import { truncateSync, statSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { backUpDaily } from '../storage/backups'
import { insertRun } from '../storage/runs'
import { DATABASE_FILE, openStore } from '../storage/store'
import { newRun } from '../testing/run-fixtures'
import { temporaryFolder } from '../testing/temporary-folder'
import { backupCheck, databaseCheck } from './database-check'

it('finds a database whole, and damaged once its last page is gone', async () => {
  const folder = temporaryFolder()
  const store = openStore(folder)
  for (let run = 0; run < 30; run++) await store.write((writer) => insertRun(writer, newRun(`run ${run}`)))
  expect(await databaseCheck(store)).toMatchObject({ status: 'ok', found: 'whole' })
  await store.close()
  const file = path.join(folder, DATABASE_FILE)
  truncateSync(file, statSync(file).size - 4096)
  const damaged = openStore(folder)
  expect(await databaseCheck(damaged)).toMatchObject({
    status: 'error',
    found: expect.stringContaining('damaged') as string,
    fix: expect.stringContaining('gpt-nas workspace restore') as string,
  })
  await damaged.close()
})

it('tells how many copies there are and how old the newest is', async () => {
  const store = openStore(temporaryFolder())
  expect((await backupCheck(store)).found).toContain('none yet')
  await backUpDaily(store)
  expect((await backupCheck(store)).found).toMatch(/^1 in .*, the newest of \d{4}-\d{2}-\d{2}$/)
  await store.close()
})
