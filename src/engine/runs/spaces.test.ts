// Searches of every kind of space through the whole contract: what trains, what the run keeps, and what is refused before it is created.
import { describe, expect, it } from 'vitest'
import { newBlockDocument, newNetworkDocument } from '@shared/architecture/document'
import type { SpaceDefinition } from '@shared/spaces/schema'
import { spaceSchema } from '@shared/spaces/schema'
import { fetchTiny, follow, openEngine, tinySearch } from '../testing/open-engine'
import { temporaryFolder } from '../testing/temporary-folder'

const cells = (channels: number): SpaceDefinition =>
  spaceSchema.parse({ kind: 'nas-bench-201', channels, stacks: 2, cellsPerStack: 1 })
const smallCells = { kind: 'nas-bench-101', channels: 8, stacks: 1, cellsPerStack: 1 }
const positions = ['a', 'b', 'c'].map((name) => ({ name, choices: ['resnet-basic', 'common-conv', 'identity'] }))
const trained = { format: 'gptnas-space/1', name: 'mine', stemWidth: 8, positions }
const words = {
  format: 'gptnas-space/1',
  name: 'words',
  positions: [{ name: 'a', choices: ['thin', 'thick'] }],
  table: { file: 'table.csv', key: 'arch', fitness: 'accuracy' },
}

describe('a search', () => {
  it.each<[string, object, object]>([
    ['cells of NAS-Bench-201', cells(4), { operations: expect.any(Array) as unknown }],
    ['cells of NAS-Bench-101', smallCells, { matrix: expect.any(String) as unknown }],
    ["a user's space", { kind: 'user', file: trained }, { choices: expect.any(String) as unknown }],
  ])('trains %s and keeps what it searched', async (_title, space, genotype) => {
    const engine = await openEngine(temporaryFolder())
    await fetchTiny(engine)
    const definition = tinySearch({ space: spaceSchema.parse(space) })
    expect(await engine.client.searches.check({ definition })).toMatchObject({ problems: [] })
    const { id } = await engine.client.searches.create({ definition })
    const { run } = (await follow(engine, id)).at(-1)!
    expect(run).toMatchObject({ state: 'finished', counts: { finished: 6 }, definition: { space: definition.space } })
    const { trials } = await engine.client.trials.list({ id })
    for (const trial of trials) {
      expect(trial.genotype).toMatchObject(genotype)
      expect(trial.parameters).toBeGreaterThan(0)
    }
    const { document } = await engine.client.trials.get({ id: trials[0]!.id })
    expect(document).toMatchObject({ records: { meta: { kind: 'network', input: [4, 4, 3], classes: 3 } } })
  })

  it('never takes the result of a cell in another skeleton', async () => {
    const engine = await openEngine(temporaryFolder())
    await fetchTiny(engine)
    for (const channels of [4, 5]) {
      const definition = tinySearch({ space: cells(channels), strategy: { name: 'random' } })
      await follow(engine, (await engine.client.searches.create({ definition })).id)
    }
    const [wide, narrow] = await engine.client.searches.list()
    const hashes = async (id: string) =>
      (await engine.client.trials.list({ id })).trials.map(({ architectureHash }) => architectureHash)
    const first = await hashes(narrow!.id)
    expect((await hashes(wide!.id)).filter((hash) => first.includes(hash))).toEqual([])
  })

  it('is refused before it is created where nothing could be trained or proposed', async () => {
    const { client } = await openEngine(temporaryFolder())
    const refusals: [object, RegExp][] = [
      [{ space: { kind: 'user', file: words, table: 'arch,accuracy\n0,0.5\n1,0.6' } }, /cannot be trained.*"thin"/],
      [{ space: { kind: 'user', file: words, table: null } }, /needs its table table\.csv/],
      [
        { space: cells(4), strategy: { name: 'gpt-nas:paper' } },
        /strategy gpt-nas:paper needs .* writes block chains; this search visits nas-bench-201/,
      ],
    ]
    for (const [change, message] of refusals) {
      const definition = tinySearch(change)
      expect((await client.searches.check({ definition })).problems.join('\n')).toMatch(message)
      await expect(client.searches.create({ definition })).rejects.toThrow(message)
    }
    const design = await client.designs.save({ document: newNetworkDocument('mine', [4, 4, 3], 3) })
    const seeded = tinySearch({ space: cells(4), seedDesigns: [design.id] })
    await expect(client.searches.create({ definition: seeded })).rejects.toThrow(/does not read designed networks/)
    expect(await client.searches.list()).toEqual([])
  })

  it("keeps the user's space and blocks as they were when it was created", async () => {
    const engine = await openEngine(temporaryFolder())
    await fetchTiny(engine)
    const block = await engine.client.designs.save({ document: newBlockDocument('my-block') })
    const file = { ...trained, positions: [{ name: 'a', choices: ['my-block', 'common-conv'] }] }
    const definition = tinySearch({ space: spaceSchema.parse({ kind: 'user', file }), populationSize: 2 })
    const { id } = await engine.client.searches.create({ definition, start: false })
    await engine.client.designs.remove({ id: block.id })
    await engine.client.searches.resume({ id })
    expect((await follow(engine, id)).at(-1)!.run.state).toBe('finished')
    await expect(engine.client.searches.create({ definition })).rejects.toThrow(/no block "my-block"/)
  })
})
