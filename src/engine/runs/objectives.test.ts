// Searches with several objectives and with limits, through the whole contract.
import { describe, expect, it } from 'vitest'
import { spaceSchema } from '@shared/spaces/schema'
import { fetchTiny, follow, openEngine, tinySearch } from '../testing/open-engine'
import { temporaryFolder } from '../testing/temporary-folder'

const keys = Array.from({ length: 81 }, (_, index) => index.toString(3).padStart(4, '0'))
const latencyOf = (key: string): number => 1 + [...key].reduce((sum, digit) => sum + Number(digit), 0)
const space = spaceSchema.parse({
  kind: 'user',
  file: {
    format: 'gptnas-space/1',
    name: 'words',
    positions: ['a', 'b', 'c', 'd'].map((name) => ({ name, choices: ['thin', 'thick', 'wide'] })),
    table: { file: 'table.csv', key: 'arch', fitness: 'score', costs: ['latency'] },
  },
  table: ['arch,score,latency', ...keys.map((key, i) => `${key},${(i * 37) % 81},${latencyOf(key)}`)].join('\n'),
})
const onTable = (more: object) =>
  tinySearch({
    ...{ space, evaluator: { kind: 'table' }, strategy: { name: 'ga' } },
    ...{ populationSize: 6, generations: 6, maxEvaluations: 30 },
    ...more,
  })
const cells = spaceSchema.parse({ kind: 'nas-bench-201', channels: 4, stacks: 2, cellsPerStack: 1 })

describe('a search for a front', () => {
  it('lists the trials that no other one beats, says how much they dominate, and replays', async () => {
    const { client, ...engine } = await openEngine(temporaryFolder())
    const definition = onTable({ objective: { kind: 'pareto', costs: ['latency'] } })
    const { id } = await client.searches.create({ definition })
    await follow({ client, ...engine }, id)
    const run = await client.searches.get({ id })
    const { trials } = await client.trials.list({ id })
    const front = run.front?.trialIds.map((each) => trials.find((trial) => trial.id === each)!) ?? []
    expect(front.length).toBeGreaterThan(1)
    expect(front[0]?.id).toBe(run.bestTrialId)
    for (const trial of trials)
      for (const kept of front)
        expect(
          (trial.fitness ?? 0) > (kept.fitness ?? 0) && (trial.costs['latency'] ?? 0) <= (kept.costs['latency'] ?? 0),
        ).toBe(false)
    expect(run.front?.hypervolume).toBeGreaterThan(0)
    expect(await client.searches.verify({ id })).toMatchObject({ matches: true })
  })

  it('is refused where no trial would have the cost', async () => {
    const { client } = await openEngine(temporaryFolder())
    const check = async (more: object) =>
      (await client.searches.check({ definition: onTable(more) })).problems.join('\n')
    expect(await check({ objective: { kind: 'pareto', costs: ['energy'] } })).toMatch(/"energy". There are latency/)
    expect(await check({ objective: { kind: 'pareto', costs: ['macs'] } })).toMatch(/macs is not known/)
    expect(await check({ objective: { kind: 'weighted', costs: ['latency'], weights: [1, 2] } })).toMatch(
      /1 costs and 2/,
    )
    expect(await check({ objective: { kind: 'pareto', costs: ['latency'] } })).toBe('')
    // Nor is a search with them made, whoever did not look.
    const unknown = onTable({ objective: { kind: 'pareto', costs: ['energy'] } })
    await expect(client.searches.create({ definition: unknown })).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('"energy"') as string,
    })
  })
})

it('a weighted search hands out the best by its one figure', async () => {
  const { client, ...engine } = await openEngine(temporaryFolder())
  const definition = onTable({ objective: { kind: 'weighted', costs: ['latency'], weights: [1000] } })
  const { id } = await client.searches.create({ definition })
  await follow({ client, ...engine }, id)
  const run = await client.searches.get({ id })
  const { trials } = await client.trials.list({ id })
  const best = trials.find((trial) => trial.id === run.bestTrialId)
  expect(best?.costs['latency']).toBe(Math.min(...trials.map(({ costs }) => costs['latency'] ?? Infinity)))
  expect(run.front).toBeNull()
})

describe('limits', () => {
  it('keep every trial within them, and store the costs they look at', async () => {
    const { client, ...engine } = await openEngine(temporaryFolder())
    await fetchTiny({ client, ...engine })
    const free = await client.searches.create({
      definition: tinySearch({ space: cells, strategy: { name: 'random' } }),
    })
    await follow({ client, ...engine }, free.id)
    const sizes = (await client.trials.list({ id: free.id })).trials.map(({ parameters }) => parameters ?? 0)
    const limit = 4 * [...sizes].sort((a, b) => a - b)[2]!
    const definition = tinySearch({ space: cells, strategy: { name: 'random' }, limits: { weightsBytes: limit } })
    const { id } = await client.searches.create({ definition })
    await follow({ client, ...engine }, id)
    const { trials } = await client.trials.list({ id })
    expect(trials.length).toBeGreaterThan(0)
    expect(Math.max(...sizes.map((size) => 4 * size))).toBeGreaterThan(limit)
    for (const { costs } of trials) expect(costs['weightsBytes']).toBeLessThanOrEqual(limit)
  })

  it('are refused before the run where they leave nothing, or cannot be checked', async () => {
    const { client, ...engine } = await openEngine(temporaryFolder())
    await fetchTiny({ client, ...engine })
    const tiny = tinySearch({ space: cells, limits: { parameters: 1 } })
    await expect(client.searches.create({ definition: tiny })).rejects.toThrow(
      /None of 1000 .* parameters \d+ is above/,
    )
    const words = onTable({ limits: { macs: 5 } })
    expect((await client.searches.check({ definition: words })).problems.join()).toMatch(/limits .* cannot be checked/)
  })
})
