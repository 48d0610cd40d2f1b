// Searches on published tables, where every answer is known: what each strategy has found after 10, 25, 50 and 100 distinct
// evaluations, its best chosen by validation and told by test, over seeds that all of them share. docs/search.md has the figures.
// Needs GPTNAS_TABLES. Options: --tables c10,c100,photo,arxiv --rows LABEL,LABEL --seeds N --evaluations 10,25
// --shuffled FOLDER.
import { figures } from '../src/shared/search/comparison/compare'
import { searchTable } from '../src/shared/search/comparison/table-run'
import type { Measurement } from '../src/shared/spaces/space'
import { strategyByName } from '../src/shared/strategies/registry'
import { pairedInterval } from './accuracy/interval'
import { atLeast, runBench, type Check } from './harness'
import { contestants, type Contestant } from './search/contestants'
import { TABLES, tableSpace, type TableName } from './search/tables'

const option = (name: string): string | undefined => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? undefined : process.argv[at + 1]
}

/** Distinct evaluations; the last is what a search plans with. */
const BUDGETS = (option('evaluations')?.split(',') ?? ['10', '25', '50', '100']).map(Number)

interface Row {
  /** Of a published table, or of all simulated landscapes together. */
  readonly table: string
  readonly label: string
  /** By budget, then by seed: what the report says of the best by fitness. */
  readonly found: readonly (readonly number[])[]
  readonly secondsPerSearch: number
}

async function row(table: TableName, { label, strategy: name, own, judge }: Contestant, seeds: number): Promise<Row> {
  const space = tableSpace(table)
  const strategy = strategyByName(name)
  const parsed = strategy.schema.parse({ name, ...own })
  const found: number[][] = BUDGETS.map(() => [])
  const start = process.cpuUsage()
  for (let seed = 0; seed < seeds; seed++) {
    const measured = await searchTable({ space, strategy, own: parsed, budget: Math.max(...BUDGETS), seed, judge })
    BUDGETS.forEach((count, i) => {
      const best = measured.slice(0, count).reduce((a: Measurement, b) => (b.fitness > a.fitness ? b : a), measured[0]!)
      found[i]?.push(best.report ?? best.fitness)
    })
  }
  const { user, system } = process.cpuUsage(start)
  return { table, label, found, secondsPerSearch: (user + system) / 1e6 / seeds }
}

const text = (values: readonly number[]): string => {
  const { mean, std } = figures(values)
  return `${mean.toFixed(2)} ± ${std.toFixed(2)}`
}

/** Of the first minus the second, seed by seed; null where all are equal. */
function difference(first: readonly number[], second: readonly number[]) {
  if (first.every((value, i) => value - second[i]! === first[0]! - second[0]!)) return null
  return pairedInterval(first, second)
}

/** Simulated landscapes are draws of one kind: their searches count together, each pair with the landscape and the seed in common. */
function poolLandscapes(rows: readonly Row[]): Row[] {
  const pooled: Row[] = []
  for (const made of rows) {
    const table = made.table.replace(/^chains-.*/, 'chains')
    const at = pooled.findIndex((each) => each.table === table && each.label === made.label)
    const known = pooled[at]
    if (known === undefined) pooled.push({ ...made, table })
    else pooled[at] = { ...known, found: known.found.map((values, i) => [...values, ...(made.found[i] ?? [])]) }
  }
  return pooled
}

interface Difference {
  readonly table: string
  readonly other: string
  readonly budget: number
  readonly mean: number
  readonly low: number
  readonly high: number
}

/** Of `gpt-nas` minus each other one; nothing where all pairs are equal. */
function differencesOf(rows: readonly Row[], seeds: number): Difference[] {
  if (seeds < 2) return []
  return rows.flatMap((other) => {
    const ours = rows.find(({ table, label }) => table === other.table && label === 'gpt-nas')
    if (ours === undefined || ours === other) return []
    return BUDGETS.flatMap((budget, i) => {
      const found = difference(ours.found[i] ?? [], other.found[i] ?? [])
      return found === null ? [] : [{ table: other.table, other: other.label, budget, ...found }]
    })
  })
}

void runBench('Searches on published tables', async ({ quick, note }) => {
  const seeds = Number(option('seeds') ?? (quick ? 3 : 30))
  const wanted = option('rows')?.split(',')
  const tables = (option('tables')?.split(',') ?? (quick ? ['c10'] : TABLES)) as TableName[]
  const rows: Row[] = []
  const checks: Check[] = []
  for (const table of tables) {
    const all = contestants(option('shuffled')).filter(({ label }) => wanted?.includes(label) ?? true)
    for (const contestant of all) {
      const made = await row(table, contestant, seeds)
      rows.push(made)
      note(
        `${table.padEnd(6)} ${made.label.padEnd(26)} ${made.found.map(text).join('  ')}  ${made.secondsPerSearch.toFixed(1)} s`,
      )
    }
  }
  const pooled = poolLandscapes(rows)
  const differences = differencesOf(pooled, seeds)
  for (const { table, other, budget, mean, low, high } of differences) {
    if (budget <= 25)
      note(
        `${table.padEnd(6)} gpt-nas - ${other.padEnd(26)} at ${budget}: ${mean.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`,
      )
    // Words mean something on the cells alone; there the first picks must show.
    if (!quick && budget === 10 && (table === 'c10' || table === 'c100') && !other.startsWith('control'))
      checks.push(atLeast(`${table}: gpt-nas minus ${other} at 10, lower end`, low, 0))
  }
  const results = pooled.map(({ table, label, found, secondsPerSearch }) => ({
    table,
    label,
    secondsPerSearch,
    budgets: BUDGETS.map((budget, i) => ({ budget, ...figures(found[i] ?? []) })),
  }))
  return { results: { seeds, evaluations: BUDGETS, rows: results, differences }, checks }
})
