// A search that trains only the best of its proposals by a zero-cost figure, through the whole contract.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { RunDefinitionInput } from '@shared/search/run'
import { fetchTiny, follow, openEngine, tinySearch } from '../testing/open-engine'
import { temporaryFolder } from '../testing/temporary-folder'

async function searched(change: Partial<RunDefinitionInput>) {
  const engine = await openEngine(temporaryFolder())
  await fetchTiny(engine)
  const { id } = await engine.client.searches.create({ definition: tinySearch(change) })
  const updates = await follow(engine, id)
  const { trials } = await engine.client.trials.list({ id })
  const lines = updates.flatMap(({ journal }) => journal.map(({ message }) => message))
  return { engine, id, run: updates.at(-1)!.run, trials, lines }
}

describe('a filter', () => {
  it('looks at more proposals than are trained, and lets the best through', async () => {
    const { engine, id, run, trials, lines } = await searched({
      strategy: { name: 'random' },
      fidelity: { filter: 'synflow', filterTimes: 4 },
    })
    expect(run).toMatchObject({ state: 'finished', counts: { finished: 6 } })
    const { looks, jobs } = engine.pool
    expect(jobs).toHaveLength(6)
    expect(looks.length).toBeGreaterThan(12)
    // The stand-in's figure is the length of the graph.
    const first = looks.slice(0, 12).map(({ graph }) => JSON.stringify(graph).length)
    const trained = trials.filter(({ generation }) => generation === 0)
    const figures = trained.map(({ costs }) => costs['synflow'])
    expect([...figures].sort()).toEqual(
      [...first]
        .sort((a, b) => b - a)
        .slice(0, 3)
        .sort(),
    )
    expect(trials.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6])
    expect(lines).toContainEqual(expect.stringMatching(/The filter synflow looked at 12 new .* let 3 through/))
    expect(await engine.client.searches.verify({ id })).toMatchObject({ matches: true, proposals: 6 })
  })

  it('looks at images that train alone', async () => {
    const { engine } = await searched({ fidelity: { filter: 'naswot', filterImages: 16 } })
    const [job] = engine.pool.jobs
    for (const look of engine.pool.looks) {
      expect(look).toMatchObject({ names: ['naswot'], images: 16, data: job!.data, indices: job!.trainIndices })
      const rows = new Int32Array(readFileSync(look.indices).buffer.slice(0))
      expect(rows.length).toBeGreaterThan(0)
    }
    expect(new Set(engine.pool.looks.map(({ seed }) => seed)).size).toBe(1)
  })

  it('keeps the elite of a genetic algorithm, and asks nothing where it is off', async () => {
    const { trials, engine, id } = await searched({ fidelity: { filter: 'synflow' }, generations: 3 })
    expect(trials.some(({ origin }) => origin.operator === 'elite')).toBe(true)
    expect(await engine.client.searches.verify({ id })).toMatchObject({ matches: true })
    const off = await searched({})
    expect(off.engine.pool.looks).toEqual([])
  })
})

describe('an evaluator of figures alone', () => {
  it('trains nothing, and its fitness is the figure', async () => {
    const { engine, run, trials } = await searched({ evaluator: { kind: 'proxy', proxy: 'grad-norm', images: 8 } })
    expect(run).toMatchObject({ state: 'finished', counts: { finished: 6 } })
    expect(engine.pool.jobs).toEqual([])
    expect(engine.pool.looks[0]).toMatchObject({ names: ['grad-norm'], images: 8 })
    expect(trials.every(({ fitness, epochs }) => fitness! > 0 && epochs.length === 0)).toBe(true)
  })

  it('refuses words without networks', async () => {
    const engine = await openEngine(temporaryFolder())
    await fetchTiny(engine)
    const file = { format: 'gptnas-space/1', name: 'w', positions: [{ name: 'a', choices: ['x', 'y'] }] }
    const space = { kind: 'user' as const, file } as RunDefinitionInput['space']
    const definition = tinySearch({ evaluator: { kind: 'proxy' }, space })
    const { problems } = await engine.client.searches.check({ definition })
    expect(problems).toContainEqual(expect.stringMatching(/no network to look at/))
  })
})
