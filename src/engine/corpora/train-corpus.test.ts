// A corpus of trained chains through the contract: its parts are searches of the workspace, broken off and gone on with, then one file.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { corpusRequestSchema, type CorpusEvent } from '@shared/contract/proposer'
import { readCorpus } from '@shared/proposer/corpus/trained-chains'
import { createDatasets } from '../datasets/datasets'
import { inPlaceDecoders } from '../datasets/testing/in-place-decoders'
import { fetchTiny, openEngine, type Opened } from '../testing/open-engine'
import { temporaryFolder } from '../testing/temporary-folder'
import { makeTinyDataset } from '../testing/tiny-dataset'

let folder: string
beforeEach(() => (folder = temporaryFolder()))
const out = (): string => path.join(folder, 'chains.csv')

/** With images larger than it trains on, enough to train and to validate on. */
async function opened(): Promise<Opened> {
  const { source, download } = makeTinyDataset(path.join(folder, 'large'), undefined, 20, 120)
  const cacheFolder = path.join(folder, 'cache')
  const datasets = createDatasets({ cacheFolder, catalogue: [source], download, startDecoders: inPlaceDecoders })
  const engine = await openEngine(folder, { datasets })
  await fetchTiny(engine)
  return engine
}

const request = (change: object = {}) =>
  corpusRequestSchema.parse({
    settings: { datasets: ['tiny'], chains: 3, seed: 1, repeated: 2, longer: 0, images: 100, epochs: 1 },
    out: out(),
    ...change,
  })

async function done({ client }: Opened, change: object = {}): Promise<CorpusEvent[]> {
  const events: CorpusEvent[] = []
  for await (const event of await client.proposer.corpus(request(change))) events.push(event)
  return events
}

describe('a corpus', () => {
  it('is searches of the workspace, of which later ones train chains of the first, and one file', async () => {
    const engine = await opened()
    const events = await done(engine)
    expect(events.at(-1)).toEqual({ type: 'finished', file: out(), trainings: 7 })
    const rows = readCorpus(readFileSync(out(), 'utf8'))
    const drawn = rows.filter(({ part }) => part === 'drawn').map(({ genotype }) => JSON.stringify(genotype))
    const repeated = rows.filter(({ part }) => part === 'repeated').map(({ genotype }) => JSON.stringify(genotype))
    expect(drawn).toHaveLength(3)
    expect(repeated).toEqual([...drawn.slice(0, 2), ...drawn.slice(0, 2)])
    const trained = engine.pool.jobs.length
    expect((await done(engine)).at(-1)).toMatchObject({ type: 'finished', trainings: 7 })
    expect(engine.pool.jobs.length).toBe(trained)
  })

  it('broken off, pauses what goes and writes nothing; the same request goes on with it', async () => {
    const engine = await opened()
    const breaking = new AbortController()
    const events = await engine.client.proposer.corpus(request(), { signal: breaking.signal })
    const broken = (async () => {
      for await (const event of events) if (event.type === 'part' && event.done === 1) breaking.abort()
    })()
    await broken.catch(() => undefined)
    await expect
      .poll(async () =>
        (await engine.client.searches.list()).some(({ state }) => state === 'running' || state === 'pausing'),
      )
      .toBe(false)
    expect(existsSync(out())).toBe(false)
    expect((await done(engine)).at(-1)).toMatchObject({ type: 'finished', trainings: 7 })
    expect(await engine.client.searches.list()).toHaveLength(3)
  })

  it('leaves a file alone that is no corpus, before anything is trained', async () => {
    const engine = await opened()
    writeFileSync(out(), 'precious')
    await expect(done(engine)).rejects.toMatchObject({ code: 'conflict' })
    expect(readFileSync(out(), 'utf8')).toBe('precious')
    expect(await engine.client.searches.list()).toEqual([])
  })

  it('says which data set it cannot train on, before anything is trained', async () => {
    const engine = await opened()
    const settings = { ...request().settings, datasets: ['tiny', 'nowhere'] }
    await expect(done(engine, { settings })).rejects.toMatchObject({
      message: expect.stringContaining('nowhere') as string,
    })
    expect(await engine.client.searches.list()).toEqual([])
  })
})
