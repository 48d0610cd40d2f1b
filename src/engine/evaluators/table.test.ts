// Searches of a table through the whole contract: a space of mere words and one of networks, with fitness of any sign.
import { describe, expect, it } from 'vitest'
import { spaceSchema } from '@shared/spaces/schema'
import { follow, openEngine, tinySearch } from '../testing/open-engine'
import { temporaryFolder } from '../testing/temporary-folder'

const positions = ['a', 'b', 'c'].map((name) => ({ name, choices: ['thin', 'thick', 'wide'] }))
const columns = { file: 'table.csv', key: 'arch', fitness: 'score', report: 'test', costs: ['latency'] }
const keys = Array.from({ length: 27 }, (_, index) => index.toString(3).padStart(3, '0'))
const scoreOf = (key: string): number => -100 + 7 * Number.parseInt(key, 3)

/** @param testOf what only a report may show */
function words(testOf: (key: string) => number = (key) => scoreOf(key) / 2) {
  const rows = keys.map((key) => `${key},${scoreOf(key)},${testOf(key)},${1 + Number(key[0])}`)
  return spaceSchema.parse({
    kind: 'user',
    file: { format: 'gptnas-space/1', name: 'words', positions, table: columns },
    table: ['arch,score,test,latency', ...rows].join('\n'),
  })
}
const search = (change: Parameters<typeof tinySearch>[0] = {}) =>
  tinySearch({ space: words(), evaluator: { kind: 'table' }, populationSize: 6, generations: 4, ...change })

describe('a search of a table', () => {
  it('finds fitness, costs and the report of its winner alone, without a data set', async () => {
    const engine = await openEngine(temporaryFolder())
    const definition = search({ data: { dataset: 'nobody-has-it' } })
    expect(await engine.client.searches.check({ definition })).toMatchObject({ problems: [], plannedEvaluations: 24 })
    const { notes } = await engine.client.searches.check({ definition: { ...definition, generations: 5 } })
    expect(notes).toContainEqual(expect.stringMatching(/27 architectures, fewer than the 30 evaluations planned/))
    const { id } = await engine.client.searches.create({ definition })
    const { run } = (await follow(engine, id)).at(-1)!
    expect(run).toMatchObject({ state: 'finished', counts: { finished: 24 } })
    const { trials } = await engine.client.trials.list({ id })
    for (const { genotype, fitness, costs, parameters, macs, epochs } of trials) {
      const key = String(genotype['choices'])
      expect(fitness).toBe(scoreOf(key))
      expect(costs).toEqual({ latency: 1 + Number(key[0]) })
      expect({ parameters, macs, epochs }).toEqual({ parameters: null, macs: null, epochs: [] })
    }
    const best = Math.max(...trials.map(({ fitness }) => fitness!))
    expect(run.bestFitness).toBe(best)
    expect(trials.filter(({ reported }) => reported !== null)).toMatchObject([
      { id: run.bestTrialId, reported: best / 2 },
    ])
    expect(engine.pool.jobs).toEqual([])
  })

  it('proposes the same whatever the report says', async () => {
    const proposals = async (space: ReturnType<typeof words>) => {
      const engine = await openEngine(temporaryFolder())
      const { id } = await engine.client.searches.create({ definition: search({ space }) })
      await follow(engine, id)
      return (await engine.client.trials.list({ id })).trials.map(({ genotype }) => genotype)
    }
    expect(await proposals(words((key) => -scoreOf(key)))).toEqual(await proposals(words()))
  })

  it('says that there is no network to export', async () => {
    const engine = await openEngine(temporaryFolder())
    const { id } = await engine.client.searches.create({ definition: search() })
    await follow(engine, id)
    const [trial] = (await engine.client.trials.list({ id })).trials
    expect((await engine.client.trials.get({ id: trial!.id })).document).toBeNull()
    const exported = async (format: 'tfjs' | 'architecture-json') => {
      for await (const _ of await engine.client.exports.create({ trialId: trial!.id, format, folder: null })) continue
    }
    await expect(exported('tfjs')).rejects.toMatchObject({ message: expect.stringContaining('mere words') })
    await expect(exported('architecture-json')).rejects.toMatchObject({
      message: expect.stringContaining('mere words'),
    })
  })

  it('has documents where the choices build networks, and still trains nothing', async () => {
    const engine = await openEngine(temporaryFolder())
    const blocks = ['resnet-basic', 'common-conv', 'identity']
    const table = ['arch,score,test,latency', ...keys.map((key) => `${key},${scoreOf(key)},,1`)].join('\n')
    const file = {
      format: 'gptnas-space/1',
      name: 'networks',
      stemWidth: 8,
      positions: positions.map(({ name }) => ({ name, choices: blocks })),
      table: columns,
    }
    const space = spaceSchema.parse({ kind: 'user', file, table })
    const { id } = await engine.client.searches.create({ definition: search({ space }) })
    await follow(engine, id)
    const [trial] = (await engine.client.trials.list({ id })).trials
    expect(trial!.parameters).toBeGreaterThan(0)
    expect((await engine.client.trials.get({ id: trial!.id })).document).toMatchObject({
      records: { meta: { input: [32, 32, 3], classes: 10 } },
    })
    expect(engine.pool.jobs).toEqual([])
  })

  it('is refused for a space without a table', async () => {
    const engine = await openEngine(temporaryFolder())
    const definition = tinySearch({ evaluator: { kind: 'table' } })
    const { problems } = await engine.client.searches.check({ definition })
    expect(problems).toEqual([expect.stringMatching(/has no table/)])
    await expect(engine.client.searches.create({ definition })).rejects.toMatchObject({ code: 'invalid-input' })
  })
})
