import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { newRun, newTrial } from '../testing/run-fixtures'
import { temporaryFolder } from '../testing/temporary-folder'
import { createArtefacts } from './artefacts'
import { backUpDaily, listBackups } from './backups'
import { KEPT_MS, STAMP_FILE } from './custody'
import { restoreDatabase } from './restore'
import { countRuns, insertRun } from './runs'
import { DATABASE_FILE, openStore, type Store } from './store'
import { insertGeneration, updateTrial } from './trials'

const DAY_MS = 24 * 60 * 60 * 1000

async function withStore<T>(folder: string, use: (store: Store) => Promise<T>): Promise<T> {
  const store = openStore(folder)
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

/** A run with one trial and its weights. @returns the hash of the weights */
async function addRun(store: Store, id: string): Promise<string> {
  const artefacts = createArtefacts(store)
  const weights = await artefacts.put('weights', Buffer.from(id))
  await store.write(async (writer) => {
    await insertRun(writer, newRun(id))
    await insertGeneration(writer, id, 0, [newTrial(id)])
    const trial = await writer.selectFrom('trials').select('id').where('run_id', '=', id).executeTakeFirstOrThrow()
    await artefacts.refer(writer, weights, `trial:${trial.id}`)
    await updateTrial(writer, trial.id, { state: 'finished', weightsSha256: weights.sha256 })
  })
  return weights.sha256
}

const collect = (folder: string, nowMs: number) => withStore(folder, (store) => createArtefacts(store).collect(nowMs))
const weightsFile = (folder: string, sha256: string) => path.join(folder, 'artefacts', sha256.slice(0, 2), sha256)
const database = (folder: string) => path.join(folder, DATABASE_FILE)

/** A workspace with two runs, and a copy of its database from when it had one. */
async function withOlderCopy() {
  const folder = temporaryFolder()
  const copy = path.join(temporaryFolder(), 'older.sqlite')
  const first = await withStore(folder, (store) => addRun(store, 'first'))
  copyFileSync(database(folder), copy)
  const second = await withStore(folder, (store) => addRun(store, 'second'))
  return { folder, copy, first, second }
}

describe('a database that knows less than its folder', () => {
  it('removes nothing when an older copy was put back, and says so', async () => {
    const { folder, copy, second } = await withOlderCopy()
    copyFileSync(copy, database(folder))
    await withStore(folder, async (store) => {
      expect(store.behind).not.toBeNull()
      expect(await createArtefacts(store).collect(Date.now() + 2 * DAY_MS)).toBe(0)
    })
    expect(readFileSync(weightsFile(folder, second), 'utf8')).toBe('second')
  })

  it('removes nothing when there is none any more', async () => {
    const { folder, first, second } = await withOlderCopy()
    rmSync(database(folder))
    await collect(folder, Date.now() + 2 * DAY_MS)
    expect([first, second].map((sha256) => existsSync(weightsFile(folder, sha256)))).toEqual([true, true])
  })

  it('is known also where openings were never counted', async () => {
    const { folder, first } = await withOlderCopy()
    rmSync(database(folder))
    rmSync(path.join(folder, STAMP_FILE))
    await withStore(folder, async (store) => expect(store.behind).not.toBeNull())
    await collect(folder, Date.now() + 2 * DAY_MS)
    expect(existsSync(weightsFile(folder, first))).toBe(true)
  })

  it('stays known in later sessions, for weeks', async () => {
    const { folder, copy } = await withOlderCopy()
    copyFileSync(copy, database(folder))
    for (let session = 0; session < 3; session++)
      await withStore(folder, async (store) => expect(store.behind).not.toBeNull())
  })

  it('is not what a workspace is that was merely opened often, killed or new', async () => {
    const folder = temporaryFolder()
    for (let session = 0; session < 3; session++)
      await withStore(folder, async (store) => {
        expect(store.behind).toBeNull()
        await addRun(store, `run ${session}`)
      })
  })
})

describe('contents that no row names', () => {
  it('are put aside for weeks and come back when a row names them', async () => {
    const folder = temporaryFolder()
    const orphan = await withStore(folder, async (store) => {
      const { sha256 } = await createArtefacts(store).put('weights', Buffer.from('orphan'))
      return sha256
    })
    const soon = Date.now() + 2 * DAY_MS
    expect(await collect(folder, soon)).toBe(1)
    const aside = path.join(folder, 'aside', new Date(soon).toISOString().slice(0, 10), 'artefacts', orphan)
    expect(readFileSync(aside, 'utf8')).toBe('orphan')
    await collect(folder, soon + KEPT_MS - DAY_MS)
    expect(existsSync(aside)).toBe(true)
    await collect(folder, soon + KEPT_MS + DAY_MS)
    expect(existsSync(aside)).toBe(false)
  })
})

describe('copies of the database', () => {
  it('are made once a day, are whole, and the oldest go', async () => {
    const folder = temporaryFolder()
    await withStore(folder, async (store) => {
      await addRun(store, 'first')
      for (let day = 1; day <= 16; day++) {
        expect(await backUpDaily(store, new Date(2026, 0, day, 12))).not.toBeNull()
        expect(await backUpDaily(store, new Date(2026, 0, day, 13))).toBeNull()
      }
      const names = readdirSync(store.folders.backups).sort()
      expect(names).toHaveLength(14)
      expect(names[0]).toBe('workspace-2026-01-03.sqlite')
    })
  })

  it('can be put back: the runs are there again, what was there is kept, and no weights go', async () => {
    const { folder, copy, second } = await withOlderCopy()
    const replaced = await restoreDatabase(folder, copy)
    expect(replaced).toContain('replaced-')
    await withStore(folder, async (store) => {
      expect(await countRuns(store.db)).toBe(1)
      expect(store.behind).not.toBeNull()
    })
    await collect(folder, Date.now() + 2 * DAY_MS)
    expect(existsSync(weightsFile(folder, second))).toBe(true)
    // And back again.
    await restoreDatabase(folder, replaced!)
    await withStore(folder, async (store) => expect(await countRuns(store.db)).toBe(2))
    expect(await listBackups(path.join(folder, 'backups'))).toHaveLength(2)
  })

  it('replace a database that is damaged', async () => {
    const { folder, copy } = await withOlderCopy()
    writeFileSync(database(folder), 'no database any more')
    await restoreDatabase(folder, copy)
    await withStore(folder, async (store) => expect(await countRuns(store.db)).toBe(1))
  })

  it('are refused when they are none, damaged or of no workspace, and nothing changes', async () => {
    const { folder } = await withOlderCopy()
    const before = readFileSync(database(folder))
    const strange = path.join(temporaryFolder(), 'strange')
    mkdirSync(strange)
    const text = path.join(strange, 'text.sqlite')
    writeFileSync(text, 'a letter')
    const cut = path.join(strange, 'cut.sqlite')
    writeFileSync(cut, before.subarray(0, Math.floor(before.length / 2)))
    for (const file of [strange, text, cut, path.join(strange, 'absent.sqlite')])
      await expect(restoreDatabase(folder, file)).rejects.toMatchObject({ code: 'invalid-input' })
    expect(readFileSync(database(folder)).equals(before)).toBe(true)
  })

  it('are refused while a program holds the workspace', async () => {
    const { folder, copy } = await withOlderCopy()
    await withStore(folder, async () => {
      await expect(restoreDatabase(folder, copy)).rejects.toMatchObject({ code: 'conflict' })
    })
  })
})

it('a copy of the database file alone has what was settled', async () => {
  const folder = temporaryFolder()
  const other = temporaryFolder()
  await withStore(folder, async (store) => {
    await addRun(store, 'first')
    await store.settle()
    copyFileSync(database(folder), database(other))
    await withStore(other, async (copied) => expect(await countRuns(copied.db)).toBe(1))
  })
})
