// What it is worth that a GPT refills the best architectures, asked for high quality and trained on with the search's own results: as
// candidates of `gpt-nas` beside its others, with each control. docs/search.md#refilling-by-the-gpt has the figures.
// Options: --tables c10-12,c100-12 --arms LABEL,LABEL --pool N (first random candidates) --evaluations 10,25 --seeds N --shuffled FOLDER --keep FOLDER
import { resolve } from 'node:path'
import { figures } from '../../src/shared/search/comparison/compare'
import { bootstrapMean } from '../../src/shared/search/comparison/statistics'
import { searchTable } from '../../src/shared/search/comparison/table-run'
import type { Measurement } from '../../src/shared/spaces/space'
import { gptNasStrategy } from '../../src/shared/strategies/gpt-nas'
import { keptFigures } from '../accuracy/kept'
import { equal, type Check, type Measured } from '../harness'
import { contestants } from './contestants'
import { refilledSearch } from './refilling/search'
import { armsOf } from './refilling/arms'
import { Writer } from './refilling/writer'
import { tableSpace, type TableName } from './tables'

export interface RefillingOptions {
  readonly tables: readonly TableName[]
  /** Null takes all. */
  readonly arms: readonly string[] | null
  readonly pool: number
  readonly budgets: readonly number[]
  readonly seeds: number
  /** Of a checkpoint trained with `--shuffle-labels`. */
  readonly shuffled: string | null
  readonly keep: string | null
  readonly note: (line: string) => void
}

interface Kept {
  /** By budget: what the report says of the best by fitness. */
  readonly found: readonly number[]
  readonly medianStep: number
  readonly longestStep: number
}

const bestOf = (measured: readonly Measurement[]): number => {
  const best = measured.reduce((a, b) => (b.fitness > a.fitness ? b : a))
  return best.report ?? best.fitness
}

const medianOf = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN

const text = (values: readonly number[]): string => {
  const { mean, std } = figures(values)
  return `${mean.toFixed(2)} ± ${std.toFixed(2)}`
}

export async function measureRefilling(options: RefillingOptions): Promise<Measured> {
  const { tables, arms, pool, budgets, seeds, shuffled, keep, note } = options
  const kept = keptFigures<Kept>(keep === null ? null : resolve(keep))
  const wanted = arms ?? [...armsOf('c10', shuffled).keys()]
  const rows: unknown[] = []
  const checks: Check[] = []
  // Landscapes of one kind are pooled: their pairs have landscape and seed in common.
  const found = new Map<string, Map<string, Kept[]>>()
  for (const table of tables) {
    const space = tableSpace(table)
    const contestant = contestants(undefined, table).find(({ label }) => label === 'gpt-nas')
    if (contestant === undefined) throw new Error('nobody is called gpt-nas')
    const known = armsOf(table, shuffled)
    const budget = Math.max(...budgets)
    const group = table.replace(/^(chains.*)-\d+$/, '$1')
    const ofTable = found.get(group) ?? new Map<string, Kept[]>()
    found.set(group, ofTable)
    for (let seed = 0; seed < seeds; seed++)
      for (const label of wanted) {
        if (!known.has(label)) throw new Error(`no arm is called ${label}; they are ${[...known.keys()].join(', ')}`)
        const how = known.get(label)
        const name = `refilling-${table}-${pool}-${label.replaceAll(/\W+/g, '-')}-${seed}`
        const decisive = { table, pool, label, seed, budgets, ...how, gpt: undefined }
        let result = await kept.find(name, decisive)
        if (result === null) {
          const writer = how && new Writer(space, how, budget)
          const { measured, stepSeconds } = await refilledSearch(space, contestant, {
            ...{ candidates: pool, budget, seed, writer },
          })
          result = {
            found: budgets.map((count) => bestOf(measured.slice(0, count))),
            medianStep: medianOf(stepSeconds),
            longestStep: Math.max(...stepSeconds),
          }
          await kept.keep(name, decisive, result)
        }
        ofTable.set(label, [...(ofTable.get(label) ?? []), result])
      }
    checks.push(await isTheStrategy(table, pool, budgets, ofTable.get('none')?.[0]))
  }
  for (const [table, ofTable] of found) {
    const at = (label: string, b: number): number[] => (ofTable.get(label) ?? []).map((each) => each.found[b] ?? NaN)
    for (const [label, all] of ofTable) {
      const steps = `step ${(1000 * medianOf(all.map(({ medianStep }) => medianStep))).toFixed(0)} ms, longest ${Math.max(...all.map(({ longestStep }) => longestStep)).toFixed(1)} s`
      note(`${table.padEnd(8)} ${label.padEnd(36)} ${budgets.map((_, b) => text(at(label, b))).join('  ')}  ${steps}`)
      rows.push({ table, label, budgets: budgets.map((budget, b) => ({ budget, ...figures(at(label, b)) })), steps })
    }
    for (const label of wanted.filter((each) => each !== 'refilled' && wanted.includes('refilled')))
      for (const [b, budget] of budgets.entries()) {
        const other = at(label, b)
        const pairs = at('refilled', b).map((value, i) => value - (other[i] ?? NaN))
        const { mean } = figures(pairs)
        const { low, high } = bootstrapMean(pairs)
        note(
          `${table.padEnd(8)} refilled - ${label.padEnd(36)} at ${budget}: ${mean.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`,
        )
        rows.push({ table, minus: label, budget, pairs: pairs.length, mean, low, high })
      }
  }
  return { results: { seeds, pool, budgets, rows }, checks }
}

/** Without a writer it must be `gpt-nas` itself. */
async function isTheStrategy(
  table: TableName,
  pool: number,
  budgets: readonly number[],
  first: Kept | undefined,
): Promise<Check> {
  const { judge, learner, chains } = contestants(undefined, table).find(({ label }) => label === 'gpt-nas') ?? {}
  const own = gptNasStrategy.schema.parse({ name: 'gpt-nas', candidates: pool })
  const budget = Math.max(...budgets)
  const space = tableSpace(table)
  const measured =
    first && (await searchTable({ space, strategy: gptNasStrategy, own, budget, seed: 0, judge, learner, chains }))
  const different = budgets.filter((count, b) => measured && bestOf(measured.slice(0, count)) !== first?.found[b])
  return equal(`${table}: figures of gpt-nas that differ without a writer`, different.length, 0)
}
