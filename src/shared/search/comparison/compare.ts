// Strategies side by side on a table: the same budgets and seeds, the best by what a search may see, and beside it what the report
// says of that one. The report never reaches a strategy (docs/rules.md#two-protocols).
import { AppError } from '../../errors'
import type { Measurement, Space } from '../../spaces/space'
import { strategyByName } from '../../strategies/registry'
import type { ChainJudge, GraphJudge } from '../../strategies/strategy'
import type { InContextLearner } from '../../surrogate/in-context/learner'
import { searchTable } from './table-run'

export interface Figures {
  readonly mean: number
  /** Over the seeds, as the population's. */
  readonly std: number
  /** By seed, from 0. */
  readonly values: readonly number[]
}

export interface ComparisonRow {
  readonly strategy: string
  /** Distinct architectures. */
  readonly evaluations: number
  /** Of the best so far, as the table has it. */
  readonly fitness: Figures
  /** What the table reports of that same architecture; null where it reports nothing. */
  readonly report: Figures | null
}

export interface ComparisonOptions {
  /** With a table. */
  readonly space: Space
  readonly strategies: readonly string[]
  readonly evaluations: readonly number[]
  /** Seeds 0 to `seeds - 1`. */
  readonly seeds: number
  /** What strategies are told that ask a GPT. */
  readonly judge?: GraphJudge | undefined
  readonly learner?: InContextLearner | undefined
  readonly chains?: ChainJudge | undefined
  readonly tell?: (line: string) => void
}

export function figures(values: readonly number[]): Figures {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return { mean, std: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length), values }
}

/** The best of the first `count` by fitness, the earliest of equals. */
function bestOf(measured: readonly Measurement[], count: number): Measurement {
  const [first, ...others] = measured.slice(0, count)
  if (first === undefined) throw new AppError('invalid-input', 'The search evaluated no architecture of the table.')
  return others.reduce((best, row) => (row.fitness > best.fitness ? row : best), first)
}

/** @throws AppError `not-found` for an unknown strategy, `invalid-input` for a space without a table */
export async function compareStrategies(options: ComparisonOptions): Promise<ComparisonRow[]> {
  const { space, evaluations, seeds, judge, learner, chains, tell } = options
  if (space.table === undefined)
    throw new AppError(
      'invalid-input',
      `Space ${space.name} has no table, so nothing says what its architectures are worth.`,
      'Name a space file with a table; docs/spaces.md describes it.',
    )
  const budget = Math.max(...evaluations)
  const rows: ComparisonRow[] = []
  for (const name of options.strategies) {
    const strategy = strategyByName(name)
    const own = strategy.schema.parse({ name })
    const bests: Measurement[][] = evaluations.map(() => [])
    for (let seed = 0; seed < seeds; seed++) {
      const measured = await searchTable({ space, strategy, own, budget, seed, judge, learner, chains })
      evaluations.forEach((count, i) => bests[i]?.push(bestOf(measured, count)))
    }
    evaluations.forEach((count, i) => {
      const best = bests[i] ?? []
      const reports = best.flatMap(({ report }) => report ?? [])
      const row = {
        strategy: name,
        evaluations: count,
        fitness: figures(best.map(({ fitness }) => fitness)),
        report: reports.length === best.length ? figures(reports) : null,
      }
      rows.push(row)
      tell?.(rowText(row))
    })
  }
  return rows
}

export function rowText({ strategy, evaluations, fitness, report }: ComparisonRow): string {
  const text = ({ mean, std }: Figures): string => `${mean.toFixed(3)} ± ${std.toFixed(3)}`
  return `${strategy.padEnd(24)} ${String(evaluations).padStart(6)} evaluations: fitness ${text(fitness)}${report === null ? '' : `, report ${text(report)}`}`
}
