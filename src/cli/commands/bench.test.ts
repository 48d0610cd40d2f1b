// gpt-nas bench search, as the shell runs it, on a small table: what it prints is what a program can rely on.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { captureOutput } from '../testing/written'
import { benchCommand } from './bench'

interface Row {
  readonly strategy: string
  readonly evaluations: number
  readonly fitness: { readonly mean: number; readonly std: number; readonly values: readonly number[] }
  readonly report: { readonly values: readonly number[] } | null
}

let folder: string
const CHOICES = ['identity', 'conv1', 'conv3']
/** Fitness is the sum of the digits, its report ten times that; the best of 27 is 222. */
const KEYS = Array.from({ length: 27 }, (_, index) => index.toString(3).padStart(3, '0'))
const worth = (key: string): number => [...key].reduce((sum, digit) => sum + Number(digit), 0)

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-search-'))
  const positions = ['a', 'b', 'c'].map((name) => ({ name, choices: CHOICES }))
  const table = { file: 'toy.csv', key: 'arch', fitness: 'val', report: 'test', costs: [] }
  writeFileSync(join(folder, 'toy.json'), JSON.stringify({ format: 'gptnas-space/1', name: 'toy', positions, table }))
  const lines = KEYS.map((key) => `${key},${worth(key)},${worth(key) * 10}`)
  writeFileSync(join(folder, 'toy.csv'), ['arch,val,test', ...lines].join('\n'))
})
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
})

async function bench(...words: string[]): Promise<{ out: string; err: string; code: number }> {
  const written = captureOutput()
  const program = new Command().exitOverride()
  benchCommand(program)
  await program.parseAsync(['bench', 'search', '--space', join(folder, 'toy.json'), ...words], { from: 'user' })
  return { ...written, code: Number(process.exitCode ?? 0) }
}

describe('gpt-nas bench search', () => {
  it('gives each strategy its budgets and seeds, the best by fitness and what is reported of that one', async () => {
    const { out, code } = await bench('--strategies', 'gp-ei,random', '--evaluations', '5,20', '--seeds', '3', '--json')
    const { results, checks } = JSON.parse(out) as { results: Row[]; checks: unknown[] }
    expect(code).toBe(0)
    expect(checks).toEqual([])
    expect(results.map(({ strategy, evaluations }) => [strategy, evaluations])).toEqual([
      ['gp-ei', 5],
      ['gp-ei', 20],
      ['random', 5],
      ['random', 20],
    ])
    for (const { fitness, report } of results) {
      expect(fitness.values).toHaveLength(3)
      expect(report?.values).toEqual(fitness.values.map((value) => value * 10))
      expect(fitness.mean).toBeCloseTo(fitness.values.reduce((sum, value) => sum + value, 0) / 3, 12)
    }
    // More evaluations never end with less.
    results[1]?.fitness.values.forEach((value, seed) =>
      expect(value).toBeGreaterThanOrEqual(results[0]?.fitness.values[seed] ?? Infinity),
    )
  })

  it('finds the optimum of every seed once the whole table is evaluated, with every strategy', async () => {
    const { out } = await bench('--evaluations', '27', '--seeds', '2', '--json')
    const { results } = JSON.parse(out) as { results: Row[] }
    expect(results.length).toBeGreaterThan(4)
    for (const { strategy, fitness } of results) expect([strategy, ...fitness.values]).toEqual([strategy, 6, 6])
  })

  it('says which strategies it cannot compare, and refuses when none is left', async () => {
    const some = await bench('--strategies', 'gpt-nas:paper,random', '--evaluations', '3', '--seeds', '1')
    expect(some.code).toBe(0)
    expect(some.err).toContain('gpt-nas:paper was left out')
    const none = await bench('--strategies', 'gpt-nas:paper', '--evaluations', '3')
    expect(none.code).toBe(1)
    expect(none.err).toContain('Name one of gpt-nas, ga')
  })

  it.each([
    ['an unknown strategy', ['--strategies', 'gradient'], 'no strategy named "gradient"'],
    ['a space without a table', ['--space', 'nas-bench-201'], 'has no table'],
  ])('refuses %s', async (_, words, reason) => {
    const { err, code } = await bench(...words)
    expect(code).toBe(1)
    expect(err).toContain(reason)
  })
})
