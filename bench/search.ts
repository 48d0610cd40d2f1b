// Searches on published tables, where every answer is known: what each strategy has found after 10, 25, 50 and 100 distinct
// evaluations, its best chosen by validation and told by test, over seeds that all of them share. docs/search.md has the figures.
// Needs GPTNAS_TABLES. Options: --tables c10,c100,photo,arxiv (c10-by-test,c100-by-test: searches that see the test accuracy) --rows LABEL,LABEL --seeds N --evaluations 10,25
// --own 'JSON;JSON' (gpt-nas with other settings, each a row) --shuffled FOLDER --keep FOLDER (searches that were made with the same code
// and checkpoints are not made again). `--only hardware` measures fronts of accuracy and latency instead (search/hardware.ts), `--only
// proxies` how zero-cost figures order cells (search/proxies.ts), `--only ranks` how the surrogate orders them (search/ranks.ts),
// `--only warm-start` searches that start from former ones (search/warm-start.ts), `--only refilling`, `refills` and `gaps` what a GPT
// is worth that refills the best (search/refilling.ts, search/refilling).
import { figures } from '../src/shared/search/comparison/compare'
import { bootstrapMean } from '../src/shared/search/comparison/statistics'
import { searchTable } from '../src/shared/search/comparison/table-run'
import type { Measurement } from '../src/shared/spaces/space'
import { strategyByName } from '../src/shared/strategies/registry'
import { atLeast, atMost, runBench, type Check } from './harness'
import { measureWarmStart } from './search/warm-start'
import { measureHardware } from './search/hardware'
import { measureHalving } from './search/halving'
import { measureHalvingSurrogate } from './search/halving-surrogate'
import { measureProxyRanks } from './search/proxies'
import { contestants, variants, type Contestant } from './search/contestants'
import { keptSearches, type KeptSearch } from './search/kept'
import { measureRanks } from './search/ranks'
import { measureRefilling } from './search/refilling'
import { measureGaps } from './search/refilling/gaps'
import { measureWorth } from './search/refilling/worth'
import { TABLES, hasOptimum, isToldByFitness, optimumOf, tableSpace, type TableName } from './search/tables'

const option = (name: string): string | undefined => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? undefined : process.argv[at + 1]
}

/** Distinct evaluations; the last is what a search plans with. */
const BUDGETS = (option('evaluations')?.split(',') ?? ['10', '25', '50', '100']).map(Number)
/** How near the optimum counts as there, and the share of runs that should be after so many evaluations. */
const NEAR = 0.01
const SHARE_AT = 25
const LEAST_SHARE = 0.95
/** Of one core, for a search of 100 evaluations: a search must never wait for what proposes. */
const MOST_SECONDS = 5

interface Row {
  /** Of a published table, or of all simulated landscapes together. */
  readonly table: string
  readonly label: string
  /** By budget, then by seed: what the report says of the best by fitness. */
  readonly found: readonly (readonly number[])[]
  readonly secondsPerSearch: number
  /** Of each search, evaluations until it was at the optimum: infinitely many where it never was; empty where that is not known. */
  readonly reachedAfter: readonly number[]
}

const keep = keptSearches(option('keep'))

async function row(table: TableName, contestant: Contestant, seeds: number): Promise<Row> {
  const { label, strategy: name, own, judge, learner, chains } = contestant
  const space = tableSpace(table)
  const strategy = strategyByName(name)
  const parsed = strategy.schema.parse({ name, ...own })
  const searches: KeptSearch[] = []
  for (let seed = 0; seed < seeds; seed++)
    searches.push(
      await keep({ table, label, seed, budgets: BUDGETS }, async () => {
        const start = process.cpuUsage()
        const budget = Math.max(...BUDGETS)
        const measured = await searchTable({ space, strategy, own: parsed, budget, seed, judge, learner, chains })
        const { user, system } = process.cpuUsage(start)
        const found = BUDGETS.map((count) => {
          const best = measured
            .slice(0, count)
            .reduce((a: Measurement, b) => (b.fitness > a.fitness ? b : a), measured[0]!)
          return isToldByFitness(table) ? best.fitness : (best.report ?? best.fitness)
        })
        return { found, seconds: (user + system) / 1e6, reachedAfter: reachedAfter(table, measured) }
      }),
    )
  const reached = searches.flatMap((each) => (each.reachedAfter === undefined ? [] : [each.reachedAfter ?? Infinity]))
  return {
    table,
    label,
    reachedAfter: hasOptimum(table) && reached.length === seeds ? reached : [],
    found: BUDGETS.map((_, i) => searches.map(({ found }) => found[i]!)),
    secondsPerSearch: searches.reduce((sum, { seconds }) => sum + seconds, 0) / seeds,
  }
}

function reachedAfter(table: TableName, measured: readonly Measurement[]): number | null {
  if (!hasOptimum(table)) return null
  const least = optimumOf(table) - NEAR
  let best: Measurement | undefined
  let since: number | null = null
  for (const [i, each] of measured.entries()) {
    if (best === undefined || each.fitness > best.fitness) best = each
    // A better one by fitness may be worse by what is told of it.
    since = (best.report ?? best.fitness) < least ? null : (since ?? i + 1)
  }
  return since
}

/** Evaluations after which half of the searches were at the optimum; null where that was never so, or is not known. */
function medianReached({ reachedAfter: values }: Row): number | null {
  const half = [...values].sort((a, b) => a - b)[Math.ceil(values.length / 2) - 1]
  return half !== undefined && Number.isFinite(half) ? half : null
}

const text = (values: readonly number[]): string => {
  const { mean, std } = figures(values)
  return `${mean.toFixed(2)} ± ${std.toFixed(2)}`
}

/** Simulated landscapes are draws of one kind: their searches count together, each pair with the landscape and the seed in common. */
function poolLandscapes(rows: readonly Row[]): Row[] {
  const pooled: Row[] = []
  for (const made of rows) {
    const table = made.table.replace(/^(chains.*)-\d+$/, '$1')
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
  /** Of the mean. */
  readonly standardError: number
}

/** Of `gpt-nas` minus each other one, in pairs of one seed, with a bootstrap interval of the mean. */
function differencesOf(rows: readonly Row[], seeds: number): Difference[] {
  if (seeds < 2) return []
  return rows.flatMap((other) => {
    const ours = rows.find(({ table, label }) => table === other.table && label === 'gpt-nas')
    if (ours === undefined || ours === other) return []
    return BUDGETS.map((budget, i) => {
      const pairs = (ours.found[i] ?? []).map((value, seed) => value - (other.found[i]?.[seed] ?? NaN))
      const { mean, std } = figures(pairs)
      const { low, high } = bootstrapMean(pairs)
      return {
        table: other.table,
        other: other.label,
        budget,
        ...{ mean, low, high, standardError: std / Math.sqrt(Math.max(1, pairs.length - 1)) },
      }
    })
  })
}

/** What docs/search.md claims, as checks: first picks show, the optimum is found, nothing falls behind the surrogate alone. */
function checksOf(rows: readonly Row[], differences: readonly Difference[]): Check[] {
  const isOfCells = (table: string): boolean => table === 'c10' || table === 'c100'
  const early = differences
    .filter(({ table, budget, other }) => budget === 10 && isOfCells(table) && !other.includes('control'))
    .filter(({ other }) => !other.startsWith('gpt-nas'))
    .map(({ table, other, low }) => atLeast(`${table}: gpt-nas minus ${other} at 10, lower end`, low, 0))
  const behind = differences
    .filter(({ other }) => other === 'gp-ei')
    .map(({ table, budget, mean, standardError }) =>
      atLeast(`${table}: gpt-nas minus gp-ei at ${budget}, in standard errors`, mean / (standardError + 1e-9), -1),
    )
  const shares = rows
    .filter(({ table, label }) => label === 'gpt-nas' && isOfCells(table) && BUDGETS.includes(SHARE_AT))
    .map((each) =>
      atLeast(`${each.table}: share of searches at the optimum after ${SHARE_AT}`, shareAtBest(each), LEAST_SHARE),
    )
  const costs = rows
    .filter(({ label }) => label === 'gpt-nas')
    .map(({ table, secondsPerSearch }) => atMost(`${table}: core-seconds of a search`, secondsPerSearch, MOST_SECONDS))
  return [...early, ...behind, ...shares, ...costs]
}

function shareAtBest({ table, found }: Row): number {
  const best = optimumOf(table as TableName)
  const values = found[BUDGETS.indexOf(SHARE_AT)] ?? []
  return values.filter((value) => value >= best - NEAR).length / values.length
}

void runBench('Searches on published tables', async ({ quick, note }) => {
  const seeds = Number(option('seeds') ?? (quick ? 3 : 30))
  if (option('only') === 'hardware') {
    const devices = option('devices')?.split(',') ?? (quick ? ['edgegpu'] : ['edgegpu', 'raspi4'])
    return measureHardware({ devices, seeds: quick ? 2 : seeds, keep: option('keep') ?? null, note })
  }
  if (option('only') === 'halving')
    return measureHalving({
      ...{ seeds, keep: option('keep') ?? null, note },
      realSeconds: option('real') === undefined ? null : Number(option('real')),
    })
  if (option('only') === 'halving-surrogate')
    return measureHalvingSurrogate({
      tables: (option('tables')?.split(',') ?? ['c10', 'c100']) as ('c10' | 'c100')[],
      arms: option('arms')?.split(',') ?? ['whole', 'first rung', 'as they are'],
      strategy: option('strategies') ?? 'gp-ei',
      ...{ seeds: quick ? 2 : seeds, keep: option('keep') ?? null, note },
    })
  if (option('only') === 'proxies')
    return measureProxyRanks({
      cells: Number(option('cells') ?? (quick ? 4 : 40)),
      keep: option('keep') ?? null,
      quick,
      note,
    })
  if (option('only') === 'ranks')
    return measureRanks({ draws: quick ? 2 : Number(option('seeds') ?? 8), quick, keep: option('keep') ?? null, note })
  if (option('only') === 'warm-start') {
    const strategies = option('strategies')?.split(',') ?? ['gp-ei', 'gpt-nas']
    return measureWarmStart({ strategies, seeds: quick ? 2 : seeds, keep: option('keep') ?? null, note })
  }
  if (option('only') === 'gaps') return measureGaps({ steps: Number(option('steps') ?? (quick ? 20 : 600)), note })
  if (option('only') === 'refills')
    return measureWorth({
      tables: (option('tables')?.split(',') ?? ['c10-12', 'c100-12']) as TableName[],
      arms: option('arms')?.split(',') ?? null,
      results: (option('evaluations')?.split(',') ?? ['10', '25']).map(Number),
      seeds: quick ? 2 : seeds,
      ...{ shuffled: option('shuffled') ?? null, keep: option('keep') ?? null, note },
    })
  if (option('only') === 'refilling')
    return measureRefilling({
      tables: (option('tables')?.split(',') ?? (quick ? ['c10-12'] : ['c10', 'c100'])) as TableName[],
      arms: option('arms')?.split(',') ?? null,
      pool: Number(option('pool') ?? 1600),
      budgets: BUDGETS,
      seeds: quick ? 2 : seeds,
      ...{ shuffled: option('shuffled') ?? null, keep: option('keep') ?? null, note },
    })
  const wanted = option('rows')?.split(',')
  const tables = (option('tables')?.split(',') ?? (quick ? ['c10'] : TABLES)) as TableName[]
  const rows: Row[] = []
  for (const table of tables) {
    const known = contestants(option('shuffled'), table)
    const all = [...known.filter(({ label }) => wanted?.includes(label) ?? true), ...variants(known, option('own'))]
    for (const contestant of all) {
      const made = await row(table, contestant, seeds)
      rows.push(made)
      const share = BUDGETS.includes(SHARE_AT) && hasOptimum(table) ? ` ${(100 * shareAtBest(made)).toFixed(0)} %` : ''
      const half = medianReached(made)
      note(
        `${table.padEnd(6)} ${made.label.padEnd(32)} ${made.found.map(text).join('  ')}${share}${half === null ? '' : `  half there after ${half}`}  ${made.secondsPerSearch.toFixed(1)} s`,
      )
    }
  }
  const pooled = poolLandscapes(rows)
  const differences = differencesOf(pooled, seeds)
  for (const { table, other, budget, mean, low, high } of differences)
    note(
      `${table.padEnd(6)} gpt-nas - ${other.padEnd(32)} at ${budget}: ${mean.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`,
    )
  const results = pooled.map(({ found, ...made }) => ({
    ...{ table: made.table, label: made.label, secondsPerSearch: made.secondsPerSearch },
    medianToOptimum: medianReached({ found, ...made }),
    budgets: BUDGETS.map((budget, i) => ({ budget, ...figures(found[i] ?? []) })),
  }))
  return {
    results: { seeds, evaluations: BUDGETS, rows: results, differences },
    checks: quick ? [] : checksOf(pooled, differences),
  }
})
