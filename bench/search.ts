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
  readonly table: TableName
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

void runBench('Searches on published tables', async ({ quick, note }) => {
  const seeds = Number(option('seeds') ?? (quick ? 3 : 30))
  const wanted = option('rows')?.split(',')
  const tables = (option('tables')?.split(',') ?? (quick ? ['c10'] : TABLES)) as TableName[]
  const rows: Row[] = []
  const checks: Check[] = []
  const differences: Record<string, unknown>[] = []
  for (const table of tables) {
    const all = contestants(option('shuffled')).filter(({ label }) => wanted?.includes(label) ?? true)
    for (const contestant of all) {
      const made = await row(table, contestant, seeds)
      rows.push(made)
      note(
        `${table.padEnd(6)} ${made.label.padEnd(26)} ${made.found.map(text).join('  ')}  ${made.secondsPerSearch.toFixed(1)} s`,
      )
    }
    const ours = rows.find((each) => each.table === table && each.label === 'gpt-nas')
    for (const other of rows.filter((each) => each.table === table && each !== ours))
      BUDGETS.forEach((budget, i) => {
        if (ours === undefined || seeds < 2) return
        const found = difference(ours.found[i] ?? [], other.found[i] ?? [])
        differences.push({ table, other: other.label, budget, ...found })
        if (found !== null && budget <= 25)
          note(
            `${table.padEnd(6)} gpt-nas - ${other.label.padEnd(26)} at ${budget}: ${found.mean.toFixed(2)} [${found.low.toFixed(2)}, ${found.high.toFixed(2)}]`,
          )
        // Words mean something on the cells alone; there the first picks must show.
        if (!quick && budget === 10 && (table === 'c10' || table === 'c100') && !other.label.startsWith('control'))
          checks.push(atLeast(`${table}: gpt-nas minus ${other.label} at 10, lower end`, found?.low ?? 0, 0))
      })
  }
  const results = rows.map(({ table, label, found, secondsPerSearch }) => ({
    table,
    label,
    secondsPerSearch,
    budgets: BUDGETS.map((budget, i) => ({ budget, ...figures(found[i] ?? []) })),
  }))
  return { results: { seeds, evaluations: BUDGETS, rows: results, differences }, checks }
})
