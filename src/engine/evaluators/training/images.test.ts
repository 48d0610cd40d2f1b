// Runs of low fidelity as a client sees them: which images train, validate and prove, and which results are shared.
import { existsSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { chainDocument, cifarStem, classifierHead } from '@shared/architecture/document'
import type { SplitFiles } from '@shared/contract/compute'
import type { RunDefinition } from '@shared/search/run'
import { createDatasets } from '../../datasets/datasets'
import { inPlaceDecoders } from '../../datasets/testing/in-place-decoders'
import type { ProofClient } from '../../executors/pool'
import { predictions } from '../../testing/fake-computes'
import { fetchTiny, follow, openEngine, tinySearch, type Opened } from '../../testing/open-engine'
import { temporaryFolder } from '../../testing/temporary-folder'
import { makeTinyDataset } from '../../testing/tiny-dataset'

/** An engine whose data set has images of 16 pixels, fetched. */
async function opened(folder: string, options: Parameters<typeof openEngine>[1] = {}): Promise<Opened> {
  const tiny = makeTinyDataset(path.join(folder, 'images'), undefined, 16)
  const cacheFolder = path.join(folder, 'cache')
  const catalogue = [tiny.source]
  const datasets = createDatasets({ cacheFolder, catalogue, download: tiny.download, startDecoders: inPlaceDecoders })
  const engine = await openEngine(folder, { datasets, ...options })
  await fetchTiny(engine)
  return engine
}

const at = (resolution: number | null, change: Partial<RunDefinition> = {}): RunDefinition => {
  const definition = tinySearch({ generations: 1, ...change })
  return { ...definition, data: { ...definition.data, resolution } }
}
async function ran(engine: Opened, definition: RunDefinition) {
  const from = engine.pool.jobs.length
  const { id } = await engine.client.searches.create({ definition })
  const updates = await follow(engine, id)
  return { id, run: updates.at(-1)!.run, updates, jobs: engine.pool.jobs.slice(from) }
}

describe('a search at a resolution', () => {
  it('makes its images once, trains networks of their size on the same split as at full size, and says so', async () => {
    const engine = await opened(temporaryFolder())
    const full = await ran(engine, at(null))
    const small = await ran(engine, at(8))
    expect(small.run).toMatchObject({ state: 'finished', counts: { finished: 3 } })
    for (const job of small.jobs) {
      expect(job.graph.input).toEqual([8, 8, 3])
      expect(job.data).toMatchObject({ shape: [8, 8, 3], count: 60 })
      expect(job.data.images).toContain(path.join('resolutions', '8', 'train'))
      expect(readFileSync(job.data.images).length).toBe(60 * 8 * 8 * 3)
      expect(JSON.stringify(job)).not.toContain(`${path.sep}test${path.sep}`)
      for (const file of ['trainIndices', 'validationIndices'] as const)
        expect(readFileSync(job[file]).equals(readFileSync(full.jobs[0]![file])), file).toBe(true)
    }
    expect(full.jobs[0]!.graph.input).toEqual([16, 16, 3])
    const told = (updates: typeof small.updates) =>
      updates.flatMap(({ journal }) => journal.map(({ message }) => message))
    expect(told(small.updates).filter((line) => line.includes('8 x 8 pixels'))).toHaveLength(1)
    const again = await ran(engine, at(8, { seed: 2 }))
    expect(told(again.updates).some((line) => line.includes('pixels'))).toBe(false)
    expect(again.updates.at(-1)!.preparing ?? null).toBeNull()
    expect((await engine.client.datasets.list()).map(({ name }) => name)).toEqual(['tiny'])
  })

  it('shares results with runs of the same resolution alone', async () => {
    const engine = await opened(temporaryFolder())
    const definition = { strategy: { name: 'random' } } as const
    for (const resolution of [null, 8, 12]) expect((await ran(engine, at(resolution, definition))).jobs).toHaveLength(3)
    for (const resolution of [null, 8, 12]) expect((await ran(engine, at(resolution, definition))).jobs).toEqual([])
  })

  it.each([
    [16, /resolution of 16 changes nothing.*Choose a resolution from 8 to 15/],
    [32, /would enlarge them.*Choose a resolution from 8 to 15/],
  ])('of %i pixels, which the images have not, is told before it starts and refused', async (resolution, reason) => {
    const engine = await opened(temporaryFolder())
    const { problems } = await engine.client.searches.check({ definition: at(resolution) })
    expect(problems).toEqual([expect.stringMatching(reason)])
    await expect(engine.client.searches.create({ definition: at(resolution) })).rejects.toMatchObject({
      code: 'invalid-input',
    })
  })

  it('is told what it saves, whether its images are there, and what the recipe would blank', async () => {
    const engine = await opened(temporaryFolder())
    const definition = at(8)
    const notes = async (): Promise<string> =>
      (
        await engine.client.searches.check({
          definition: { ...definition, recipe: { ...definition.recipe, cutout: 8 } },
        })
      ).notes.join('\n')
    expect(await notes()).toMatch(/8 x 8 pixels instead of 16 x 16.*25 %.*made when the search starts/)
    expect(await notes()).toMatch(/Cutout of 8 pixels can blank a whole image/)
    await ran(engine, definition)
    expect(await notes()).not.toContain('made when')
    const { notes: plain } = await engine.client.searches.check({ definition: at(null) })
    expect(plain.join('\n')).not.toContain('pixels')
  })

  it('refuses an architecture of another input size, with what to do', async () => {
    const engine = await opened(temporaryFolder())
    const network = (side: number) => {
      const parts = { stem: cifarStem(4), blocks: [], head: classifierHead() }
      return { ...chainDocument({ name: 'Mine', inputShape: [side, side, 3], classes: 3, ...parts }) }
    }
    const refused = engine.client.searches.create({
      definition: at(8, { space: { kind: 'single', architecture: network(16) } }),
    })
    await expect(refused).rejects.toMatchObject({
      code: 'invalid-architecture',
      message: expect.stringContaining('the data has images of 8 x 8 x 3') as string,
      commandLine: expect.stringContaining('--fit') as string,
    })
    expect((await ran(engine, at(8, { space: { kind: 'single', architecture: network(8) } }))).run.state).toBe(
      'finished',
    )
  })

  it('does not fetch a data set that is not there', async () => {
    const folder = temporaryFolder()
    const engine = await opened(folder)
    rmSync(path.join(folder, 'cache/datasets/tiny'), { recursive: true })
    await expect(engine.client.searches.create({ definition: at(8) })).rejects.toMatchObject({
      code: 'dataset-missing',
    })
    expect(await engine.client.searches.list()).toEqual([])
  })
})

describe('an export of a trial at a resolution', () => {
  it('is proven on test images of that size, made again where they have gone', async () => {
    const folder = temporaryFolder()
    const proven: SplitFiles[] = []
    const engine = await opened(folder, {
      startProof: () =>
        Promise.resolve({
          client: {
            predict: ({ data, indices }: { data: SplitFiles; indices: number[] }) => {
              proven.push(data)
              return Promise.resolve({ ...predictions(indices), runtime: 'plain tfjs' })
            },
          } as unknown as ProofClient,
          close: () => Promise.resolve(),
        }),
    })
    const { run } = await ran(engine, at(8))
    rmSync(path.join(folder, 'cache/datasets/tiny/resolutions'), { recursive: true })
    for await (const _step of await engine.client.exports.create({ trialId: run.bestTrialId! })) continue
    expect(proven).toEqual([expect.objectContaining({ shape: [8, 8, 3], count: 15 })])
    expect(proven[0]!.images).toContain(path.join('resolutions', '8', 'test'))
    expect(existsSync(proven[0]!.images)).toBe(true)
  })
})
