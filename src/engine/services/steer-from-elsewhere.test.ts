// A run that one engine holds, steered by another one on the same workspace: what is asked is done, told, and an event of the run.
import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { AppError } from '@shared/errors'
import { runDefinitionSchema } from '@shared/search/run'
import { spaceSchema } from '@shared/spaces/schema'
import { askHolder, dropOldRequests } from '../storage/requests'
import type { TrainScript } from '../testing/fake-computes'
import { fetchTiny, openEngine, tinySearch, type Opened } from '../testing/open-engine'
import { temporaryFolder } from '../testing/temporary-folder'

const space = spaceSchema.parse({ kind: 'nas-bench-201', channels: 4, stacks: 1, cellsPerStack: 1 })

/** Trains until it is let go. */
const endless: TrainScript = async function* ({ lease }, _compute, signal) {
  yield { type: 'started', lease, parameters: 1, resumedFromEpoch: 0, stepsPerEpoch: 1, notice: null }
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
  throw new AppError('cancelled', 'It was let go.')
}

/** A run of the first engine that trains without end, and a second engine that has the workspace read-only. */
async function held() {
  const folder = temporaryFolder()
  const holder = await openEngine(folder, { train: endless })
  await fetchTiny(holder)
  const definition = tinySearch({ space, strategy: { name: 'random' }, populationSize: 4, generations: 3 })
  const { id } = await holder.client.searches.create({ definition })
  await until(async () => (await trialsOf(holder, id)).some(({ state }) => state === 'running'))
  const other = await openEngine(folder)
  expect((await other.client.runtime.status()).workspace.readOnly).toBe(true)
  return { holder, other, id, requests: path.join(folder, 'workspace', 'requests') }
}
const trialsOf = async ({ client }: Opened, id: string) => (await client.trials.list({ id })).trials
async function until(isThere: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (await isThere()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error('it did not come')
}
async function eventsOf({ client }: Opened, id: string): Promise<string[]> {
  const stopping = new AbortController()
  for await (const { journal } of await client.searches.watch({ id }, { signal: stopping.signal })) {
    stopping.abort()
    return journal.map(({ message }) => message)
  }
  return []
}

it('changes, reorders, puts in, ends, renames, pauses and stops what another program holds', async () => {
  const { holder, other, id, requests } = await held()
  const { client } = other
  const changed = await client.searches.change({ id, values: { generations: 4, bans: ['avg_pool_3x3'] } })
  expect(changed.counts.planned).toBe(16)
  expect((await holder.client.searches.get({ id })).definition).toMatchObject({
    generations: 4,
    bans: ['avg_pool_3x3'],
  })
  const waiting = (await trialsOf(other, id)).filter(({ state }) => state === 'waiting')
  expect(await client.searches.order({ id, first: [waiting.at(-1)!.id] })).toEqual({ ordered: true })
  const genotype = { space: 'nas-bench-201', operations: Array.from({ length: 6 }, () => 'nor_conv_3x3') }
  const { trialNumber } = await client.searches.inject({ id, architecture: { from: 'genotype', genotype } })
  expect((await trialsOf(holder, id)).find(({ number }) => number === trialNumber)?.origin.operator).toBe('injected')
  expect(await client.trials.end({ id: waiting[0]!.id })).toEqual({ ended: true })
  expect((await client.searches.rename({ id, name: 'from afar' })).definition.name).toBe('from afar')
  expect((await client.searches.pause({ id })).state).toMatch(/paus/)
  await client.searches.stop({ id })
  expect((await holder.client.searches.get({ id })).state).toBe('stopped')
  const asked = (await eventsOf(holder, id)).filter((line) =>
    line.startsWith('Asked for from another program (process '),
  )
  expect(asked.map((line) => line.split('): ')[1])).toEqual([
    'change.',
    'change the order of what waits.',
    'put an architecture in.',
    'end a trial.',
    'rename.',
    'pause.',
    'stop.',
  ])
  expect(readdirSync(requests)).toEqual([])
})

it('is refused with the holder’s own reason, and nothing but steering is asked for', async () => {
  const { other, id, requests } = await held()
  await expect(other.client.searches.change({ id, values: { seed: 3 } })).rejects.toMatchObject({
    code: 'invalid-input',
    message: expect.stringContaining('seed cannot be changed'),
  })
  await expect(other.client.searches.remove({ id })).rejects.toMatchObject({ code: 'read-only' })
  const definition = runDefinitionSchema.parse({ name: 'x' })
  await expect(other.client.searches.create({ definition })).rejects.toMatchObject({ code: 'read-only' })
  const strange = askHolder(
    requests,
    { from: 'me', call: 'searches.remove', input: { id } },
    new AbortController().signal,
  )
  await expect(strange).rejects.toMatchObject({ message: 'Nobody may ask for searches.remove from another program.' })
})

it('goes on over what is no request, and does not do what was asked for long ago', async () => {
  const { holder, other, id, requests } = await held()
  const old = {
    format: 'gptnas-request/1',
    at: '2026-01-01T00:00:00.000Z',
    from: 'me',
    call: 'searches.stop',
    input: { id },
  }
  writeFileSync(path.join(requests, '0-nonsense.request.json'), '{')
  writeFileSync(path.join(requests, '1-old.request.json'), JSON.stringify(old))
  expect((await other.client.searches.rename({ id, name: 'still there' })).definition.name).toBe('still there')
  expect((await holder.client.searches.get({ id })).state).toBe('running')
  expect(readdirSync(requests)).toEqual([])
})

it('is withdrawn where nobody takes it up', async () => {
  const folder = temporaryFolder()
  mkdirSync(folder, { recursive: true })
  const asking = askHolder(
    folder,
    { from: 'me', call: 'searches.stop', input: { id: 'r' } },
    new AbortController().signal,
    {
      takeUpMs: 300,
      answerMs: 300,
    },
  )
  await expect(asking).rejects.toMatchObject({ code: 'read-only', message: expect.stringContaining('withdrawn') })
  expect(readdirSync(folder)).toEqual([])
})

it('is told by the next holder where the one that had taken it up was killed', async () => {
  const folder = temporaryFolder()
  const first = await openEngine(folder)
  await first.close()
  const requests = path.join(folder, 'workspace', 'requests')
  const asking = askHolder(
    requests,
    { from: 'me', call: 'searches.stop', input: { id: 'r' } },
    new AbortController().signal,
  )
  const isThere = (): Promise<boolean> =>
    Promise.resolve(readdirSync(requests).some((each) => each.endsWith('.request.json')))
  await until(isThere)
  const [name = ''] = readdirSync(requests)
  renameSync(path.join(requests, name), path.join(requests, name.replace('.request.', '.taken.')))
  await openEngine(folder)
  await expect(asking).rejects.toMatchObject({
    code: 'read-only',
    message: expect.stringContaining('had taken the request up when it ended'),
  })
  await until(() => Promise.resolve(readdirSync(requests).length === 0))
})

it('leaves nothing of requests that nobody waits for, half-written ones included', async () => {
  const { requests } = await held()
  for (const ending of ['taken', 'answer', 'request'])
    writeFileSync(path.join(requests, `2026-01-01T00-00-00.000Z-a.${ending}.json.0a1b2c3d4e5f.partial`), '{')
  writeFileSync(path.join(requests, '2026-01-01T00-00-00.000Z-b.answer.json'), '{}')
  writeFileSync(path.join(requests, 'notes.txt'), 'of somebody else')
  await dropOldRequests(requests)
  expect(readdirSync(requests)).toEqual(['notes.txt'])
})

it('is seen by who watches from the other program', async () => {
  const { holder, other, id } = await held()
  const stopping = new AbortController()
  const seen: string[] = []
  const watching = (async () => {
    for await (const { run } of await other.client.searches.watch({ id }, { signal: stopping.signal })) {
      seen.push(run.definition.name)
      if (run.definition.name === 'renamed there') return
    }
  })()
  await until(() => Promise.resolve(seen.length > 0))
  await holder.client.searches.rename({ id, name: 'renamed there' })
  await watching
  expect(seen.at(-1)).toBe('renamed there')
  stopping.abort()
})
