// A search on NAS-Bench-201's CIFAR-100 that starts from a former one on CIFAR-10, against the same one that starts cold; and from two
// controls that must not harm: the same former results negated, and dealt out anew. docs/search-savings.md has the figures.
// Options: --seeds N --strategies gp-ei,gpt-nas --keep FOLDER, where a measurement that is cut off goes on.
import { resolve } from 'node:path'
import { createRandom } from '../../src/shared/random'
import { figures } from '../../src/shared/search/comparison/compare'
import { searchTable } from '../../src/shared/search/comparison/table-run'
import type { FormerRun } from '../../src/shared/search/former-runs'
import type { Measurement } from '../../src/shared/spaces/space'
import { strategyByName } from '../../src/shared/strategies/registry'
import { pairedInterval } from '../accuracy/interval'
import { keptFigures } from '../accuracy/kept'
import { atLeast, type Check, type Measured } from '../harness'
import { contestants } from './contestants'
import { tableSpace } from './tables'

/** Distinct evaluations; a search plans with the last. */
const BUDGETS = [10, 25]
const PLANNED = 25
/** Of the former search, by the same strategy on CIFAR-10 with a seed that no measured search has. */
const FORMER = 50
const FORMER_SEED = 1000
const ROWS = ['cold', 'CIFAR-10', 'CIFAR-10 negated', 'CIFAR-10 dealt out anew'] as const

export interface WarmOptions {
  readonly strategies: readonly string[]
  readonly seeds: number
  /** Null keeps nothing. */
  readonly keep: string | null
  readonly note: (line: string) => void
}

interface Found {
  readonly fitness: number
  readonly report: number | null
  readonly genotype?: Readonly<Record<string, unknown>>
}

export async function measureWarmStart({ strategies, seeds, keep, note }: WarmOptions): Promise<Measured> {
  const kept = keptFigures<readonly Found[]>(keep === null ? null : resolve(keep))
  const rows: unknown[] = []
  const checks: Check[] = []
  for (const name of strategies) {
    const found = new Map<string, number[][]>()
    for (let seed = 0; seed < seeds; seed++) {
      const before = await formerResults(name, seed, kept)
      for (const label of ROWS) {
        const file = `warm-${name}-${label.replaceAll(' ', '-')}-${seed}`
        const decisive = { name, label, seed, planned: PLANNED, former: FORMER }
        const known = await kept.find(file, decisive)
        const measured = known ?? (await search('c100', name, PLANNED, seed, formerFor(label, before, seed)))
        if (known === null) await kept.keep(file, decisive, measured)
        const values = BUDGETS.map((budget) => bestReport(measured.slice(0, budget)))
        found.set(label, [...(found.get(label) ?? []), values])
      }
    }
    for (const label of ROWS) {
      const budgets = BUDGETS.map((budget, b) => ({
        budget,
        values: (found.get(label) ?? []).map((each) => each[b] ?? 0),
      }))
      note(`${name.padEnd(8)} ${label.padEnd(24)} ${budgets.map(({ values }) => text(values)).join('  ')}`)
      rows.push({ name, label, budgets: budgets.map(({ budget, values }) => ({ budget, ...figures(values) })) })
    }
    const [, ...others] = ROWS
    for (const label of others)
      for (const [b, budget] of BUDGETS.entries()) {
        const at = (row: string): number[] => (found.get(row) ?? []).map((each) => each[b] ?? 0)
        const [first, second] = [at(label), at('cold')]
        if (seeds < 2 || first.every((value, i) => value === second[i])) continue
        const { mean, low, high } = pairedInterval(first, second)
        note(
          `${name.padEnd(8)} ${label} - cold at ${budget}: ${mean.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`,
        )
        rows.push({ name, label, minus: 'cold', budget, mean, low, high })
        // A former run that fits must show; a control must not be worse beyond error.
        if (label === 'CIFAR-10') checks.push(atLeast(`${name}: warm minus cold at ${budget}, lower end`, low, 0))
        else checks.push(atLeast(`${name}: ${label} minus cold at ${budget}, upper end`, high, 0))
      }
  }
  return { results: { seeds, planned: PLANNED, former: FORMER, rows }, checks }
}

/** A search of another seed each, so that not one lucky former search decides. */
async function formerResults(name: string, seed: number, kept: ReturnType<typeof keptFigures<readonly Found[]>>) {
  const decisive = { name, table: 'c10', seed: FORMER_SEED + seed, planned: FORMER }
  const file = `warm-former-${name}-${seed}`
  const known = await kept.find(file, decisive)
  if (known !== null) return known
  const made = await search('c10', name, FORMER, FORMER_SEED + seed, [])
  await kept.keep(file, decisive, made)
  return made
}

async function search(table: 'c10' | 'c100', name: string, budget: number, seed: number, former: readonly FormerRun[]) {
  const space = tableSpace(table)
  const strategy = strategyByName(name)
  const { judge, learner } = contestants().find(({ label }) => label === name) ?? {}
  const keyed = new Map([...(space.all?.() ?? [])].map((genotype) => [space.table?.row(genotype), genotype] as const))
  const measured = await searchTable({
    ...{ space, strategy, own: strategy.schema.parse({ name }), budget, seed, former },
    ...(strategy.usesJudge === true && { judge, learner }),
  })
  return measured.map((row: Measurement): Found => {
    const genotype = keyed.get(row)
    return { fitness: row.fitness, report: row.report ?? null, ...(genotype && { genotype: { ...genotype } }) }
  })
}

function formerFor(label: (typeof ROWS)[number], before: readonly Found[], seed: number): FormerRun[] {
  if (label === 'cold') return []
  const values = before.map(({ fitness }) => fitness)
  const dealt = createRandom(seed).fork('deal').shuffle(values)
  const fitness = (i: number): number => {
    if (label === 'CIFAR-10 negated') return -(values[i] ?? 0)
    return (label === 'CIFAR-10' ? values[i] : dealt[i]) ?? 0
  }
  return [
    { number: 1, name: label, results: before.map(({ genotype = {} }, i) => ({ genotype, fitness: fitness(i) })) },
  ]
}

function bestReport(measured: readonly Found[]): number {
  const best = measured.reduce((a, b) => (b.fitness > a.fitness ? b : a))
  return best.report ?? best.fitness
}

const text = (values: readonly number[]): string => {
  const { mean, std } = figures(values)
  return `${mean.toFixed(2)} ± ${std.toFixed(2)}`
}
