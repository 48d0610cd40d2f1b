// A search that starts from former runs of its workspace, through the contract: what it keeps, says and refuses.
import { expect, it } from 'vitest'
import { runDefinitionSchema, type RunDefinitionInput } from '@shared/search/run'
import { parseSpaceFile } from '@shared/spaces/user/space-file'
import { follow, openEngine, type Opened } from '../testing/open-engine'
import { temporaryFolder } from '../testing/temporary-folder'

const WORDS = ['none', 'conv1', 'conv3', 'pool3']
const DIGITS = [0, 1, 2, 3]
const PLACES = ['p1', 'p2', 'p3']

/** A table over 64 architectures. @param sign -1 for one that orders the other way */
function tableSpace(sign: number) {
  const rows = DIGITS.flatMap((i) =>
    DIGITS.flatMap((j) => DIGITS.map((k) => `${i}${j}${k},${50 + sign * (7 * (i % 3) + 4 * (j % 3) + k + i)}`)),
  )
  const file = {
    format: 'gptnas-space/1',
    name: sign > 0 ? 'right' : 'left',
    positions: PLACES.map((name) => ({ name, choices: WORDS })),
    table: { file: 'table.csv', key: 'arch', fitness: 'value' },
  }
  return { kind: 'user' as const, file: parseSpaceFile(file), table: ['arch,value', ...rows].join('\n') }
}

const search = (change: Partial<RunDefinitionInput>, sign = 1) =>
  runDefinitionSchema.parse({
    ...{ name: 'table', evaluator: { kind: 'table' }, space: tableSpace(sign), populationSize: 1, generations: 12 },
    strategy: { name: 'gp-ei' },
    ...change,
  })

async function ran(engine: Opened, change: Partial<RunDefinitionInput>, sign = 1) {
  const { id } = await engine.client.searches.create({ definition: search(change, sign) })
  await follow(engine, id)
  return engine.client.searches.get({ id })
}

it('starts from what fits, says how much it counted, and is replayed as it was once the former run is gone', async () => {
  const engine = await openEngine(temporaryFolder())
  const { client } = engine
  const random = { strategy: { name: 'random' }, populationSize: 30, generations: 1 } as const
  const [right, left] = [await ran(engine, random), await ran(engine, { ...random, seed: 2 }, -1)]
  const warm = await ran(engine, { warmStart: [String(right.number), left.id] })
  expect(warm.state).toBe('finished')
  const { trials } = await client.trials.list({ id: warm.id })
  // A cold one draws ten at random first.
  expect(trials.filter(({ origin }) => origin.operator === 'random')).toHaveLength(4)
  const { present, fits } = await client.searches.former({ id: warm.id })
  expect(present).toBe(12)
  expect(fits).toMatchObject([
    { number: 1, used: 30, of: 30 },
    { number: 2, used: 30, of: 30 },
  ])
  expect(fits[0]?.weight).toBeGreaterThan(0.5)
  expect(fits[1]).toMatchObject({ weight: 0 })
  expect(fits[1]?.correlation).toBeLessThan(0)
  await client.searches.remove({ id: right.id })
  expect(await client.searches.verify({ id: warm.id })).toMatchObject({ matches: true })
})

it('begins at random, as a cold one does, where no former run fits', async () => {
  const engine = await openEngine(temporaryFolder())
  const left = await ran(engine, { strategy: { name: 'random' }, populationSize: 30, generations: 1 }, -1)
  const genotypes = async (id: string) =>
    (await engine.client.trials.list({ id })).trials.map(({ genotype }) => genotype)
  const cold = await ran(engine, {})
  const warm = await ran(engine, { warmStart: [String(left.number)] })
  expect((await genotypes(warm.id)).slice(0, 10)).toEqual((await genotypes(cold.id)).slice(0, 10))
})

it('refuses what is not there, came to nothing, or is of no use to the strategy', async () => {
  const engine = await openEngine(temporaryFolder())
  const { client } = engine
  const problems = async (change: Partial<RunDefinitionInput>) =>
    (await client.searches.check({ definition: search(change) })).problems.join(' ')
  expect(await problems({ warmStart: ['9'] })).toContain('There is no run "9" to start from')
  const { number } = await client.searches.create({ definition: search({}), start: false })
  expect(await problems({ warmStart: [String(number)] })).toContain('has no result to start from')
  expect(await problems({ warmStart: ['9'], strategy: { name: 'ga' } })).toContain('ga learns from no former run')
  await expect(client.searches.create({ definition: search({ warmStart: ['9'] }) })).rejects.toMatchObject({
    code: 'not-found',
  })
})
