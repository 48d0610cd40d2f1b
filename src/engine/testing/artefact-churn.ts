// Random work on artefacts by several writers at once, and what must hold of a workspace whatever it did and wherever it ended.
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { createRandom } from '@shared/random'
import { createArtefacts, type Artefacts } from '../storage/artefacts'
import { sha256OfFile } from '@node/whole-file'
import type { Store } from '../storage/store'

/** Few, so that writers meet on the same content and the same owner all the time. */
const CONTENTS = 12
const OWNERS = 6
const WRITERS = 3
const TWO_DAYS_MS = 48 * 60 * 60 * 1000

async function work(
  store: Store,
  artefacts: Artefacts,
  seed: number,
  steps: number,
  onStep: () => void,
): Promise<void> {
  const random = createRandom(seed)
  for (let step = 0; step < steps; step++) {
    const owner = `trial:${random.integer(OWNERS)}`
    switch (random.integer(5)) {
      case 0:
      case 1: {
        const stored = await artefacts.put('weights', Buffer.from(`content ${random.integer(CONTENTS)}`))
        if (random.integer(4) > 0) await store.write((writer) => artefacts.refer(writer, stored, owner))
        break
      }
      case 2:
      case 3:
        await store.write((writer) => artefacts.release(writer, owner))
        break
      default:
        // As seen from the day after tomorrow, no file is too young to be an orphan.
        await artefacts.collect(Date.now() + TWO_DAYS_MS)
    }
    onStep()
  }
}

/** @param onStep called after each step of each writer */
export async function churnArtefacts(
  store: Store,
  seed: number,
  steps: number,
  onStep: () => void = () => undefined,
): Promise<void> {
  // A new session: nothing counts as stored a moment ago, so that collections find something to do.
  const artefacts = createArtefacts(store)
  await Promise.all(
    Array.from({ length: WRITERS }, (_, writer) => work(store, artefacts, seed * WRITERS + writer, steps, onStep)),
  )
}

async function referredTo({ db }: Store): Promise<string[]> {
  const rows = await db.selectFrom('artefact_references').select('sha256').distinct().orderBy('sha256').execute()
  return rows.map(({ sha256 }) => sha256)
}

/** Contents that something refers to and that are not there, or not what their name says. */
export async function lostContents(store: Store): Promise<string[]> {
  const artefacts = createArtefacts(store)
  const lost: string[] = []
  for (const sha256 of await referredTo(store)) {
    const file = artefacts.path(sha256)
    if (!existsSync(file) || (await sha256OfFile(file)) !== sha256) lost.push(sha256)
  }
  return lost
}

/** After a collection in a new session: which files there are, and which there should be. */
export async function afterCollection(store: Store): Promise<{ found: string[]; wanted: string[] }> {
  await createArtefacts(store).collect(Date.now() + TWO_DAYS_MS)
  const root = store.folders.artefacts
  const found = readdirSync(root).flatMap((folder) => readdirSync(path.join(root, folder)))
  return { found: found.sort(), wanted: await referredTo(store) }
}
