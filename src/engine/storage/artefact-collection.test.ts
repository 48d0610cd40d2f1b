import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { once } from 'node:events'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { createRandom } from '@shared/random'
import { afterCollection, churnArtefacts, lostContents } from '../testing/artefact-churn'
import { forkEntry, messageOf } from '../testing/child'
import { temporaryFolder } from '../testing/temporary-folder'
import { ASIDE_FOLDER } from './artefact-collection'
import { createArtefacts } from './artefacts'
import { openStore, type Store } from './store'

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const IN_TWO_DAYS = Date.now() + 48 * 60 * 60 * 1000

async function withStore<T>(folder: string, use: (store: Store) => Promise<T>): Promise<T> {
  const store = openStore(folder)
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

describe('the collection of artefacts', () => {
  it('loses nothing that is referred to and leaves nothing else, whatever several writers do at once', async () => {
    const folder = temporaryFolder()
    for (let seed = 0; seed < 8; seed++) {
      await withStore(folder, async (store) => {
        await churnArtefacts(store, seed, 30)
        expect(await lostContents(store)).toEqual([])
        const { found, wanted } = await afterCollection(store)
        expect(found).toEqual(wanted)
      })
    }
  })

  it('survives being killed anywhere', async () => {
    const folder = temporaryFolder()
    const random = createRandom(7)
    let referred = 0
    for (let round = 0; round < 4; round++) {
      const child = await forkEntry(path.join(__dirname, '../testing/endless-churn.ts'), [folder, String(100 + round)])
      const exited = once(child, 'exit')
      await messageOf(child, (message) => message === 'step')
      await later(random.integer(250))
      child.kill('SIGKILL')
      expect(await exited).toEqual([null, 'SIGKILL'])
      await withStore(folder, async (store) => {
        expect(await lostContents(store)).toEqual([])
        const { found, wanted } = await afterCollection(store)
        expect(found).toEqual(wanted)
        referred += wanted.length
      })
    }
    // Otherwise nothing could have been lost.
    expect(referred).toBeGreaterThan(0)
  })

  it('takes up what an earlier one had put aside: what is needed goes back', async () => {
    const folder = temporaryFolder()
    await withStore(folder, async (store) => {
      const artefacts = createArtefacts(store)
      const [kept, loose] = [
        await artefacts.put('weights', Buffer.from('kept')),
        await artefacts.put('weights', Buffer.from('loose')),
      ]
      await store.write((writer) => artefacts.refer(writer, kept, 'trial:1'))
      const aside = path.join(store.folders.artefacts, ASIDE_FOLDER)
      mkdirSync(aside)
      for (const { sha256 } of [kept, loose]) renameSync(artefacts.path(sha256), path.join(aside, sha256))
    })
    await withStore(folder, async (store) => {
      const { found, wanted } = await afterCollection(store)
      expect(found).toEqual(wanted)
      expect(await lostContents(store)).toEqual([])
    })
  })

  it('leaves alone what is pinned until it is let go', async () => {
    const folder = temporaryFolder()
    const { sha256 } = await withStore(folder, (store) => createArtefacts(store).put('weights', Buffer.from('x')))
    await withStore(folder, async (store) => {
      const artefacts = createArtefacts(store)
      const [release, releaseOther] = [artefacts.pin(sha256), artefacts.pin(sha256)]
      release()
      release()
      expect(await artefacts.collect(IN_TWO_DAYS)).toBe(0)
      releaseOther()
      expect(await artefacts.collect(IN_TWO_DAYS)).toBe(1)
    })
  })

  it('deletes nothing once the workspace belongs to another engine', async () => {
    const folder = temporaryFolder()
    const { sha256 } = await withStore(folder, (store) => createArtefacts(store).put('weights', Buffer.from('x')))
    await withStore(folder, async (store) => {
      const artefacts = createArtefacts(store)
      await store.write((writer) => writer.updateTable('lease').set({ token: 'of another engine' }).execute())
      await expect(artefacts.collect(IN_TWO_DAYS)).rejects.toMatchObject({ code: 'read-only' })
      expect(existsSync(artefacts.path(sha256))).toBe(true)
    })
  })

  it('is told beforehand: what is there, what is missing, what would go', async () => {
    await withStore(temporaryFolder(), async (store) => {
      const artefacts = createArtefacts(store)
      const [kept, lost, loose] = await Promise.all(
        ['kept', 'lost', 'loose'].map((text) => artefacts.put('weights', Buffer.from(text))),
      )
      await store.write(async (writer) => {
        for (const [index, each] of [kept!, lost!, loose!].entries())
          await artefacts.refer(writer, each, `trial:${index}`)
        await artefacts.release(writer, 'trial:2')
      })
      renameSync(artefacts.path(lost!.sha256), path.join(store.folders.root, 'elsewhere'))
      expect(await artefacts.inspect()).toEqual({ files: 3, bytes: 13, damaged: [lost!.sha256], unneeded: 1 })
    })
  })
})
