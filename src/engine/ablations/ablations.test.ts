// Comparisons of strategies through the contract: on a table, by training, broken off and gone on with, and what the report holds.
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { AblationEvent, AblationPlan } from '@shared/contract/ablations'
import { spaceSchema } from '@shared/spaces/schema'
import { delay } from '@node/waiting'
import { fetchTiny, openEngine, tinySearch, type Opened } from '../testing/open-engine'
import { temporaryFolder } from '../testing/temporary-folder'

const keys = Array.from({ length: 243 }, (_, index) => index.toString(3).padStart(5, '0'))
/** The sum of the choices: what evolution climbs and drawing at random does not. */
const space = spaceSchema.parse({
  kind: 'user',
  file: {
    format: 'gptnas-space/1',
    name: 'words',
    positions: ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name, choices: ['thin', 'thick', 'wide'] })),
    table: { file: 'table.csv', key: 'arch', fitness: 'score', report: 'test', costs: [] },
  },
  table: [
    'arch,score,test',
    ...keys.map((key) => `${key},${[...key].reduce((sum, digit) => sum + Number(digit), 0)},${key.length}`),
  ].join('\n'),
})
const onTable = (change: Partial<AblationPlan> = {}): AblationPlan => ({
  definition: tinySearch({
    name: '<b>words & more</b>',
    space,
    evaluator: { kind: 'table' },
    maxEvaluations: 30,
    populationSize: 10,
    generations: 5,
  }),
  strategies: ['random', 'ga', 'regularised-evolution'],
  seeds: 8,
  ...change,
})
const byTraining = (change: Partial<AblationPlan> = {}): AblationPlan => ({
  definition: tinySearch({ maxEvaluations: 4 }),
  strategies: ['ga', 'random'],
  seeds: 2,
  ...change,
})

type Cell = Extract<AblationEvent, { type: 'cell' }>
type Summary = Extract<AblationEvent, { type: 'summary' }>

async function compared({ client }: Opened, plan: AblationPlan): Promise<{ cells: Cell[]; end: Summary }> {
  const events: AblationEvent[] = []
  for await (const event of await client.ablations.run(plan)) events.push(event)
  const end = events.at(-1)
  if (end?.type !== 'summary') throw new Error('no summary came')
  return { cells: events.filter((event): event is Cell => event.type === 'cell'), end }
}

describe('strategies compared on a table', () => {
  it('search by the objective, and report what it puts first', async () => {
    const engine = await openEngine(temporaryFolder())
    const costly = spaceSchema.parse({
      kind: 'user',
      file: {
        format: 'gptnas-space/1',
        name: 'priced-words',
        positions: ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name, choices: ['thin', 'thick', 'wide'] })),
        table: { file: 'table.csv', key: 'arch', fitness: 'score', report: 'test', costs: ['latency'] },
      },
      // Whatever scores more costs more, by far.
      table: [
        'arch,score,test,latency',
        ...keys.map((key) => {
          const sum = [...key].reduce((total, digit) => total + Number(digit), 0)
          return `${key},${sum},${sum},${2 ** sum}`
        }),
      ].join('\n'),
    })
    const objective = { kind: 'weighted' as const, costs: ['latency'], weights: [100] }
    const plan = onTable({ seeds: 1 })
    const definition = tinySearch({ ...plan.definition, space: costly, objective })
    const { end } = await compared(engine, { ...plan, definition })
    for (const { final, report } of end.summary.strategies) expect(report!.mean).toBeLessThan(final!.mean)
  })

  it('come with pairs, intervals and words, without a run', async () => {
    const engine = await openEngine(temporaryFolder())
    const { cells, end } = await compared(engine, onTable())
    expect(cells).toHaveLength(24)
    expect(end).toMatchObject({ done: 24, total: 24 })
    const { strategies, pairs, failures } = end.summary
    expect(failures).toEqual([])
    for (const { seeds, final, report, curve } of strategies) {
      expect(seeds).toBe(8)
      expect(report?.mean).toBe(5)
      expect(final!.low).toBeLessThanOrEqual(final!.mean)
      expect(curve.at(-1)?.evaluations).toBe(30)
      expect(curve.at(-1)?.mean).toBe(final!.mean)
    }
    expect(pairs.map(({ strategy, against, pairs: count }) => ({ strategy, against, count }))).toEqual([
      { strategy: 'ga', against: 'random', count: 8 },
      { strategy: 'regularised-evolution', against: 'random', count: 8 },
    ])
    for (const { words, p, corrected } of pairs) {
      expect(corrected).toBeGreaterThanOrEqual(p)
      expect(words.join(' ')).toMatch(/over 8 seeds.*If both were equally good.*comparisons/)
    }
    expect(await engine.client.searches.list()).toEqual([])
  })

  it('go on with more seeds or strategies, and search nothing twice', async () => {
    const folder = temporaryFolder()
    const engine = await openEngine(folder)
    const first = await compared(engine, onTable({ seeds: 3, strategies: ['random', 'ga'] }))
    expect(first.cells).toHaveLength(6)
    await engine.close()
    const again = await openEngine(folder)
    expect((await compared(again, onTable({ seeds: 3, strategies: ['random', 'ga'] }))).cells).toEqual([])
    const more = await compared(again, onTable({ seeds: 4 }))
    expect(more.cells).toHaveLength(12 - 6)
    const whole = await compared(await openEngine(temporaryFolder()), onTable({ seeds: 4 }))
    expect(more.end.summary).toEqual(whole.end.summary)
  })

  it('leave a report that needs nothing else and takes no name for markup', async () => {
    const { end } = await compared(await openEngine(temporaryFolder()), onTable({ seeds: 2 }))
    const html = readFileSync(end.report, 'utf8')
    expect(html).toContain('<svg')
    expect(html).toContain('&lt;b&gt;words &amp; more&lt;/b&gt;')
    expect(html).not.toContain('<b>words')
    expect(html).not.toMatch(/(src|href)\s*=\s*["']?(https?:|\/\/)/)
    expect(html).not.toContain('<script')
    for (const strategy of onTable().strategies) expect(html).toContain(`<td>${strategy}</td>`)
    expect(html).toContain('cannot tell any difference from chance')
  })
})

describe('strategies compared by training', () => {
  it('are runs of the workspace with the same seeds, found again when it goes on', async () => {
    const folder = temporaryFolder()
    const engine = await openEngine(folder)
    await fetchTiny(engine)
    const { end } = await compared(engine, byTraining())
    const runs = await engine.client.searches.list()
    const named = runs.map(({ definition: { strategy, seed }, state }) => `${strategy.name} ${seed} ${state}`)
    expect(named.sort()).toEqual(['ga 1 finished', 'ga 2 finished', 'random 1 finished', 'random 2 finished'])
    expect(end.summary.strategies.map(({ seeds }) => seeds)).toEqual([2, 2])
    const trained = engine.pool.jobs.length
    expect((await compared(engine, byTraining())).end.summary).toEqual(end.summary)
    expect(engine.pool.jobs.length).toBe(trained)
  })

  it('broken off, pause the run that goes; the same plan goes on with it', async () => {
    const folder = temporaryFolder()
    const engine = await openEngine(folder)
    await fetchTiny(engine)
    const breaking = new AbortController()
    const events = await engine.client.ablations.run(byTraining(), { signal: breaking.signal })
    const broken = (async () => {
      for await (const event of events) if (event.type === 'cell' && event.seed === 2) breaking.abort()
    })()
    await broken.catch(() => undefined)
    await expect
      .poll(async () =>
        (await engine.client.searches.list()).some(({ state }) => state === 'running' || state === 'pausing'),
      )
      .toBe(false)
    const before = await engine.client.searches.list()
    expect(before.length).toBeLessThan(4)
    const { end } = await compared(engine, byTraining())
    const after = await engine.client.searches.list()
    expect(after).toHaveLength(4)
    expect(after.every(({ state }) => state === 'finished')).toBe(true)
    const whole = await openEngine(temporaryFolder())
    await fetchTiny(whole)
    expect(end.summary).toEqual((await compared(whole, byTraining())).end.summary)
    expect(existsSync(end.report)).toBe(true)
  })
})

it('an engine that closes under a comparison leaves its run to go on, and says nothing of a fault', async () => {
  const folder = temporaryFolder()
  const reported: unknown[] = []
  const engine = await openEngine(folder, { report: (thrown) => reported.push(thrown) })
  await fetchTiny(engine)
  const events = await engine.client.ablations.run(byTraining())
  const broken = (async () => {
    for await (const event of events) if (event.type === 'cell') void engine.close()
  })()
  await broken.catch(() => undefined)
  await engine.close()
  await delay(300)
  expect(reported).toEqual([])
  const again = await openEngine(folder)
  await fetchTiny(again)
  expect((await compared(again, byTraining())).end).toMatchObject({ done: 4, total: 4 })
})

it.each<[string, Partial<AblationPlan>, RegExp]>([
  ['a strategy that nobody knows', { strategies: ['random', 'annealing'] }, /no strategy named "annealing"/],
  [
    'a strategy that cannot search the space',
    { strategies: ['random', 'gpt-nas:paper'] },
    /gpt-nas:paper: The strategy gpt-nas:paper needs/,
  ],
])('is refused: %s', async (_what, change, reason) => {
  const engine = await openEngine(temporaryFolder())
  await expect(compared(engine, onTable(change))).rejects.toMatchObject({
    message: expect.stringMatching(reason) as string,
  })
})
