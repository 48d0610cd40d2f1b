// The paper's ablations through the contract: runs of the workspace, found again, broken off and gone on with, and what the report holds.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { PaperEvent } from '@shared/contract/ablations'
import type { PaperPlan } from '@shared/search/comparison/paper'
import { fetchTiny, openEngine, tinySearch, type Opened } from '../testing/open-engine'
import { temporaryFolder } from '../testing/temporary-folder'

const planOf = (change: Partial<PaperPlan> = {}): PaperPlan => ({
  ...{ of: 'table-5', networks: 3, epochs: [1, 2], rates: [], base: tinySearch({ seed: 7 }) },
  ...change,
})

type Summary = Extract<PaperEvent, { type: 'summary' }>

async function done({ client }: Opened, plan: PaperPlan): Promise<{ events: PaperEvent[]; end: Summary }> {
  const events: PaperEvent[] = []
  for await (const event of await client.ablations.paper(plan)) events.push(event)
  const end = events.at(-1)
  if (end?.type !== 'summary') throw new Error('no summary came')
  return { events, end }
}

async function opened(folder = temporaryFolder()): Promise<Opened> {
  const engine = await openEngine(folder)
  await fetchTiny(engine)
  return engine
}

describe('an ablation of the paper', () => {
  it('is a run for each column with the same networks, and is found again', async () => {
    const engine = await opened()
    const { events, end } = await done(engine, planOf())
    const runs = await engine.client.searches.list()
    expect(runs.map(({ definition: { recipe }, state }) => `${recipe.epochs} ${state}`).sort()).toEqual([
      '1 finished',
      '2 finished',
    ])
    expect(end.summary.rows.map(({ label, networks }) => `${label} ${networks}`)).toEqual(['1 epoch 3', '2 epochs 3'])
    expect(end.summary.rows[1]?.correlation?.pairs).toBe(3)
    expect(events.some((event) => event.type === 'column' && event.done === 1 && event.total === 2)).toBe(true)
    const trials = await Promise.all(
      runs.map(async ({ id }) => (await engine.client.trials.list({ id, limit: 100 })).trials),
    )
    const [short, long] = trials.map((list) =>
      list.map(({ number, architectureHash }) => `${number} ${architectureHash}`),
    )
    expect(short?.sort()).toEqual(long?.sort())
    const [first] = runs
    await engine.client.searches.rename({ id: first!.id, name: 'mine' })
    expect((await done(engine, planOf())).end.summary).toEqual(end.summary)
    expect(await engine.client.searches.list()).toHaveLength(2)
  })

  it('leaves a report that needs nothing else', async () => {
    const { end } = await done(await opened(), planOf({ base: tinySearch({ name: '<b>mine</b>' }) }))
    const html = readFileSync(end.report, 'utf8')
    for (const text of ['Pearson', '2 epochs', 'Every network', '&lt;b&gt;mine', 'Refuted where'])
      expect(html).toContain(text)
    expect(html).not.toMatch(/<script|<b>mine|(src|href)\s*=\s*["']?(https?:|\/\/)/)
  })

  it('broken off, pauses the run that goes; the same plan goes on with it', async () => {
    const folder = temporaryFolder()
    const engine = await opened(folder)
    const breaking = new AbortController()
    const events = await engine.client.ablations.paper(planOf(), { signal: breaking.signal })
    const broken = (async () => {
      for await (const event of events) if (event.type === 'column' && event.done === 1) breaking.abort()
    })()
    await broken.catch(() => undefined)
    await expect
      .poll(async () =>
        (await engine.client.searches.list()).some(({ state }) => state === 'running' || state === 'pausing'),
      )
      .toBe(false)
    const { end } = await done(engine, planOf())
    expect(await engine.client.searches.list()).toHaveLength(2)
    expect(end.summary).toEqual((await done(await opened(), planOf())).end.summary)
  })

  it('is refused with what stands in the way, before a run is made', async () => {
    const engine = await opened()
    const plan = planOf({ of: 'table-4', epochs: [1], rates: [0, 0.4] })
    const base = tinySearch({ ...plan.base, space: { kind: 'nas-bench-201' } })
    await expect(done(engine, { ...plan, base })).rejects.toMatchObject({ code: 'invalid-input' })
    expect(await engine.client.searches.list()).toEqual([])
  })
})
