// One cell of the database that cannot be read: told with its table, row and column wherever the row is shown; everything else works.
import path from 'node:path'
import { expect, it } from 'vitest'
import { openDatabase } from '../storage/database'
import { DATABASE_FILE } from '../storage/store'
import { fetchTiny, follow, openEngine, tinySearch } from '../testing/open-engine'
import { temporaryFolder } from '../testing/temporary-folder'

/** Two finished searches, then what `statement` does to the database behind the engine's back. */
async function damaged(...statements: readonly string[]) {
  const folder = temporaryFolder()
  const before = await openEngine(folder)
  await fetchTiny(before)
  const ids: string[] = []
  for (const name of ['first', 'second']) {
    const { id } = await before.client.searches.create({ definition: tinySearch({ name }) })
    await follow(before, id)
    ids.push(id)
  }
  await before.close()
  const database = openDatabase(path.join(folder, 'workspace', DATABASE_FILE))
  for (const statement of statements) database.exec(statement)
  database.close()
  return { ...(await openEngine(folder)), ids }
}

const RESTORE = expect.stringContaining('gpt-nas workspace restore') as string
const telling = (...words: string[]) => ({
  code: 'storage-damaged',
  message: expect.stringMatching(new RegExp(words.join('.*'))) as string,
  fix: RESTORE,
})

it.each(['definition', 'user_blocks', 'seeds', 'error'])(
  'a damaged %s of a run is told; the other run is whole',
  async (column) => {
    const { client, ids } = await damaged(`UPDATE runs SET ${column} = '{"name' WHERE number = 1`)
    const [second, first] = await client.searches.list()
    expect(second).toMatchObject({ number: 2, definition: { name: 'second' }, error: null })
    expect(first).toMatchObject({ number: 1, definition: { name: 'first' }, state: 'finished' })
    expect(first?.error).toMatchObject(telling(column, ids[0]!, 'runs'))
    expect(first?.counts).toEqual(second?.counts)
    await expect(client.searches.resume({ id: ids[0]! })).rejects.toMatchObject(telling(column))
    const { checks } = await client.runtime.doctor()
    expect(checks.find(({ id }) => id === 'database')).toMatchObject({
      status: 'error',
      found: telling(column, ids[0]!).message,
      fix: RESTORE,
    })
    expect(await client.searches.remove({ id: ids[0]! })).toEqual({ removed: true })
  },
)

it.each(['genotype', 'origin', 'error', 'usage'])(
  'a damaged %s of a trial is told; the other trials are whole',
  async (column) => {
    const { client, ids } = await damaged(`UPDATE trials SET ${column} = 'nul' WHERE id = 2`)
    const { trials } = await client.trials.list({ id: ids[0]! })
    expect(trials.filter(({ error }) => error !== null).map(({ id }) => id)).toEqual([2])
    expect(trials[1]?.error).toMatchObject(telling(column, 'row 2', 'trials'))
    expect((await client.searches.list()).map(({ error }) => error)).toEqual([null, null])
    expect(await client.searches.generations({ id: ids[0]! })).toHaveLength(3)
    const { checks } = await client.runtime.doctor()
    expect(checks.find(({ id }) => id === 'database')?.found).toMatch(/column "\w+" of the row 2 in the table "trials"/)
  },
)

it('a damaged architecture is told where it is opened, and no earlier result with it is believed', async () => {
  const { client } = await damaged(`UPDATE trials SET document = '{' WHERE id = 2`)
  await expect(client.trials.get({ id: 2 })).rejects.toMatchObject(telling('document', 'row 2', 'trials'))
  expect(await client.trials.get({ id: 1 })).toMatchObject({ id: 1 })
})

it('a damaged result is trained again instead of being reused', async () => {
  const { client } = await damaged(`UPDATE trials SET origin = '{' WHERE reused_from IS NULL`)
  const { id } = await client.searches.create({ definition: tinySearch({ name: 'third' }) })
  const updates = await follow({ client } as Parameters<typeof follow>[0], id)
  expect(updates.at(-1)?.run).toMatchObject({ state: 'finished', error: null })
  const { trials } = await client.trials.list({ id })
  const first = trials.find(({ number }) => number === 1)
  expect(first).toMatchObject({ state: 'finished', reusedFrom: null })
})

it('a holder that cannot be read does not keep the workspace closed', async () => {
  const { client } = await damaged(
    `INSERT OR REPLACE INTO lease (id, token, holder, heartbeat_ms) VALUES (1, 'x', '{', 0)`,
  )
  expect(await client.searches.list()).toHaveLength(2)
})
