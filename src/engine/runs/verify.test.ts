// Replays of whole runs through the contract: what was searched comes out again, and what was changed since is found where it is.
import { describe, expect, it } from 'vitest'
import { spaceSchema } from '@shared/spaces/schema'
import { STRATEGIES } from '@shared/strategies/registry'
import { follow, fetchTiny, openEngine, tinySearch, type Opened } from '../testing/open-engine'
import { temporaryFolder } from '../testing/temporary-folder'
import { openDatabase } from '../storage/database'
import path from 'node:path'

const keys = Array.from({ length: 81 }, (_, index) => index.toString(3).padStart(4, '0'))
const space = spaceSchema.parse({
  kind: 'user',
  file: {
    format: 'gptnas-space/1',
    name: 'words',
    positions: ['a', 'b', 'c', 'd'].map((name) => ({ name, choices: ['thin', 'thick', 'wide'] })),
    table: { file: 'table.csv', key: 'arch', fitness: 'score', costs: ['latency'] },
  },
  table: ['arch,score,latency', ...keys.map((key, i) => `${key},${(i * 37) % 81},${key[0]}`)].join('\n'),
})
const onTable = (strategy: string) =>
  tinySearch({
    space,
    strategy: { name: strategy } as NonNullable<Parameters<typeof tinySearch>[0]>['strategy'],
    evaluator: { kind: 'table' },
    populationSize: 5,
    generations: 5,
    maxEvaluations: 23,
  })

async function searched(engine: Opened, definition: ReturnType<typeof tinySearch>): Promise<string> {
  const { id } = await engine.client.searches.create({ definition })
  await follow(engine, id)
  return id
}

/** Changes a stored run behind the engine's back, as a fault of it or of the disk would. */
async function changed(folder: string, sql: string): Promise<void> {
  const database = openDatabase(path.join(folder, 'workspace', 'workspace.sqlite'))
  database.exec(sql)
  database.close()
}

const PROPOSING = STRATEGIES.filter(({ usesProposer }) => !usesProposer).map(({ name }) => name)

describe.each(PROPOSING)('a search of a table with %s', (strategy) => {
  it('matches its replay, evaluations too', async () => {
    const engine = await openEngine(temporaryFolder())
    const id = await searched(engine, onTable(strategy))
    const { total } = await engine.client.trials.list({ id })
    expect(total).toBeGreaterThanOrEqual(23)
    expect(await engine.client.searches.verify({ id })).toMatchObject({
      matches: true,
      proposals: total,
      evaluations: total,
      difference: null,
    })
  })
})

describe('a run that is not as it was searched', () => {
  const cases: [string, string, object][] = [
    [
      'a fitness',
      'UPDATE trials SET fitness = 1e6 WHERE number = 9',
      { trialNumber: 9, what: 'fitness', stored: '1000000' },
    ],
    ['a cost', `UPDATE trials SET costs = '{"latency":7}' WHERE number = 9`, { trialNumber: 9, what: 'costs' }],
    [
      'an architecture',
      `UPDATE trials SET genotype = (SELECT genotype FROM trials WHERE number = 1) WHERE number = 9`,
      { trialNumber: 9, what: 'architecture' },
    ],
    [
      'a seed',
      `UPDATE runs SET definition = json_set(definition, '$.seed', 99)`,
      { trialNumber: 1, what: 'architecture' },
    ],
    ['a trial that is gone', 'DELETE FROM trials WHERE number = 10', { trialNumber: 10, what: 'missing' }],
    [
      'a parent',
      `UPDATE trials SET origin = json_set(origin, '$.operator', 'elite') WHERE number = 12`,
      { trialNumber: 12, what: 'origin' },
    ],
  ]
  it.each(cases)('is found to drift: %s', async (_what, sql, difference) => {
    const folder = temporaryFolder()
    const engine = await openEngine(folder)
    const id = await searched(engine, onTable('random'))
    await engine.close()
    await changed(folder, sql)
    const again = await openEngine(folder)
    const found = await again.client.searches.verify({ id })
    expect(found).toMatchObject({ matches: false, difference })
  })
})

describe('a search that trains', () => {
  it('has its proposals replayed from the stored results, without its data', async () => {
    const folder = temporaryFolder()
    const engine = await openEngine(folder)
    await fetchTiny(engine)
    const id = await searched(engine, tinySearch({ generations: 3 }))
    const trained = engine.pool.jobs.length
    const { total } = await engine.client.trials.list({ id })
    expect(await engine.client.searches.verify({ id })).toMatchObject({
      matches: true,
      proposals: total,
      evaluations: null,
    })
    expect(engine.pool.jobs.length).toBe(trained)
  })

  it('is replayed with the proposer where the strategy has one', async () => {
    const engine = await openEngine(temporaryFolder())
    await fetchTiny(engine)
    const id = await searched(engine, tinySearch({ strategy: { name: 'gpt-nas:paper' } }))
    const { total } = await engine.client.trials.list({ id })
    expect(await engine.client.searches.verify({ id })).toMatchObject({ matches: true, proposals: total })
    expect(new Set(engine.pool.proposers.map((folder) => path.basename(folder)))).toEqual(new Set(['paper-2']))
  })

  it('is replayed with the checkpoint of then where it is of before there were two', async () => {
    const folder = temporaryFolder()
    const engine = await openEngine(folder)
    await fetchTiny(engine)
    const definition = tinySearch({ strategy: { name: 'gpt-nas:paper', proposer: 'paper-1' } })
    const id = await searched(engine, definition)
    await engine.close()
    await changed(folder, "update runs set definition = json_remove(definition, '$.strategy.proposer')")
    const again = await openEngine(folder)
    expect(await again.client.searches.verify({ id })).toMatchObject({ matches: true })
    expect(new Set(again.pool.proposers.map((place) => path.basename(place)))).toEqual(new Set(['paper-1']))
  })
})

it('a run that never began matches, with nothing compared', async () => {
  const engine = await openEngine(temporaryFolder())
  const { id } = await engine.client.searches.create({ definition: onTable('ga'), start: false })
  expect(await engine.client.searches.verify({ id })).toMatchObject({ matches: true, proposals: 0 })
})
