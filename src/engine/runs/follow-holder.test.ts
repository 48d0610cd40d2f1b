// A window that has the workspace read-only, kept up to date with what its holder does: whatever is shown of a run and of a trial, also
// after a while in which the database could not be read.
import { afterEach, expect, it } from 'vitest'
import { putEpoch } from '../storage/epochs'
import { insertRun, updateRun } from '../storage/runs'
import { openStore, type Store } from '../storage/store'
import { insertGeneration, listTrials, updateTrial } from '../storage/trials'
import { epochOf } from '../testing/harness'
import { newRun, newTrial } from '../testing/run-fixtures'
import { temporaryFolder } from '../testing/temporary-folder'
import { followHolder } from './follow-holder'
import { createUpdates } from './updates'

type Plugin = Parameters<Store['db']['withPlugin']>[0]
/** Fails the next reads that `isRefused` picks, as a database that is busy does. */
interface Refusing extends Plugin {
  isRefused: (read: number) => boolean
}
function refusing(): Refusing {
  let reads = 0
  const plugin: Refusing = {
    isRefused: () => false,
    transformQuery: ({ node }) => {
      if (plugin.isRefused(reads++)) throw new Error('database is locked')
      return node
    },
    transformResult: ({ result }) => Promise.resolve(result),
  }
  return plugin
}

const opened: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

/** A holder with a run of two trials, and a follower of it that has looked once. */
async function followed() {
  const folder = temporaryFolder()
  const holder = openStore(folder)
  await holder.write(async (writer) => {
    await insertRun(writer, newRun('r'))
    await insertGeneration(writer, 'r', 0, [newTrial('a'), newTrial('b')])
  })
  const trials = await listTrials(holder.db, 'r')
  const other = openStore(folder)
  expect(other.readOnly).toBe(true)
  const plugin = refusing()
  const updates = createUpdates()
  const watch = updates.watch('r')
  const stopping = new AbortController()
  const reports: unknown[] = []
  let looks = 0
  plugin.isRefused = () => (looks++, false)
  const following = followHolder({ db: other.db.withPlugin(plugin) }, updates, stopping.signal, (thrown) =>
    reports.push(thrown),
  )
  opened.push(
    () => holder.close(),
    () => other.close(),
    async () => {
      stopping.abort()
      await following
    },
  )
  await until(() => looks >= 2)
  await pause(50)
  plugin.isRefused = () => false
  return { holder, watch, plugin, reports, ids: trials.map(({ id }) => id), stopping, following }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
async function until(isThere: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !isThere(); tries++) await pause(10)
  expect(isThere()).toBe(true)
}
/** Trials that the next change names. */
async function told({ watch }: Awaited<ReturnType<typeof followed>>): Promise<number[]> {
  await watch.next(AbortSignal.timeout(5000))
  return watch.takeTrials()
}
const write = ({ holder }: { readonly holder: Store }, fact: Parameters<Store['write']>[0]) => holder.write(fact)

it('tells which trials the holder has changed, and that the run has', async () => {
  const follower = await followed()
  const [first = 0, second = 0] = follower.ids
  await write(follower, (writer) => updateTrial(writer, second, { state: 'running' }))
  expect(await told(follower)).toEqual([second])
  await write(follower, (writer) => putEpoch(writer, second, epochOf(1, 0.4)))
  expect(await told(follower)).toEqual([second])
  const rungs = [{ epochs: 1, fitness: 0.4, place: 1, promotedAmong: 3 }]
  await write(follower, (writer) =>
    updateTrial(writer, first, { fidelity: { rungs, endedEarly: null, inherited: null } }),
  )
  expect(await told(follower)).toEqual([first])
  await write(follower, (writer) => updateRun(writer, 'r', { name: 'another' }))
  expect(await told(follower)).toEqual([])
  expect(follower.reports).toEqual([])
})

it('outlives a database that cannot be read, says so once, and then tells what it has missed', async () => {
  const follower = await followed()
  const [first = 0] = follower.ids
  let refused = 0
  follower.plugin.isRefused = () => (refused++, true)
  await write(follower, (writer) => updateTrial(writer, first, { state: 'running' }))
  await until(() => refused >= 3)
  expect(follower.reports).toHaveLength(1)
  expect(follower.watch.takeTrials()).toEqual([])
  follower.plugin.isRefused = () => false
  expect(await told(follower)).toEqual([first])
  follower.plugin.isRefused = () => true
  await until(() => follower.reports.length === 2)
})

it.each([0, 1, 2, 3])('loses no change where read %i of a look fails', async (at) => {
  const follower = await followed()
  const [first = 0] = follower.ids
  await write(follower, (writer) => updateTrial(writer, first, { state: 'running' }))
  let reads = 0
  follower.plugin.isRefused = () => reads++ === at
  expect(await told(follower)).toEqual([first])
})

it('ends when it is told to, also while nothing can be read, and says nothing of that', async () => {
  const follower = await followed()
  follower.plugin.isRefused = () => {
    follower.stopping.abort()
    return true
  }
  await follower.following
  expect(follower.reports).toEqual([])
})
