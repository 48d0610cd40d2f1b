// Accuracy against latency on NAS-Bench-201's cells, whose latencies are published for six devices (HW-NAS-Bench, Li et al. 2021): what
// share of the volume under the true front each strategy has found. docs/search.md has the figures.
// Options: --devices edgegpu,raspi4 --seeds N --keep FOLDER, where a measurement that is cut off goes on.
import { resolve } from 'node:path'
import { figures } from '../../src/shared/search/comparison/compare'
import { searchTable } from '../../src/shared/search/comparison/table-run'
import { hypervolume } from '../../src/shared/objectives/hypervolume'
import type { Space } from '../../src/shared/spaces/space'
import { strategyByName } from '../../src/shared/strategies/registry'
import { pairedInterval } from '../accuracy/interval'
import { keptFigures } from '../accuracy/kept'
import { atLeast, type Check, type Measured } from '../harness'
import { hardwareSpace } from './tables'

/** Distinct evaluations; a search plans with the last. */
const BUDGETS = [100, 200]
const PLANNED = 200
/** Volumes count from the largest latency of the table and these accuracies: that of guessing, and one that is worth having. */
const FLOORS = [10, 80]

/** NSGA-II with a population of 20, as the prototype's evolution had; the other two learn from each result. */
const CONTESTANTS = [
  { label: 'EHVI', strategy: 'gp-ei', populationSize: undefined },
  { label: 'NSGA-II', strategy: 'ga', populationSize: 20 },
  { label: 'random', strategy: 'random', populationSize: undefined },
] as const

type Points = readonly (readonly number[])[]

export interface HardwareOptions {
  readonly devices: readonly string[]
  readonly seeds: number
  /** Null keeps nothing. */
  readonly keep: string | null
  readonly note: (line: string) => void
}

function pointsOf(space: Space): Points {
  const points: number[][] = []
  for (const genotype of space.all?.() ?? []) {
    const row = space.table?.row(genotype)
    if (row?.costs[0] !== undefined) points.push([row.fitness, -row.costs[0]])
  }
  return points
}

/** Shares of the true front's volume by floor, then by budget. */
function sharesOf(found: Points, all: Points): number[][] {
  const slowest = Math.min(...all.map(([, latency = 0]) => latency))
  return FLOORS.map((floor) => {
    const whole = hypervolume(all, [floor, slowest])
    return BUDGETS.map((budget) => hypervolume(found.slice(0, budget), [floor, slowest]) / whole)
  })
}

const text = (values: readonly number[]): string => {
  const { mean, std } = figures(values.map((value) => 100 * value))
  return `${mean.toFixed(2)} ± ${std.toFixed(2)}`
}

export async function measureHardware({ devices, seeds, keep, note }: HardwareOptions): Promise<Measured> {
  const kept = keptFigures<Points>(keep === null ? null : resolve(keep))
  const rows: unknown[] = []
  const checks: Check[] = []
  for (const device of devices) {
    const space = hardwareSpace(device)
    const all = pointsOf(space)
    const objective = { kind: 'pareto' as const, costs: [`${device}_latency`] }
    const found = new Map<string, number[][][]>()
    for (const { label, strategy: name, populationSize } of CONTESTANTS) {
      const strategy = strategyByName(name)
      const own = strategy.schema.parse({ name })
      const shares: number[][][] = []
      for (let seed = 0; seed < seeds; seed++) {
        const decisive = { device, own, populationSize: populationSize ?? 1, planned: PLANNED, seed }
        const file = `hardware-${device}-${name}-${seed}`
        const search = async (): Promise<Points> => {
          const options = { space, strategy, own, budget: PLANNED, seed, objective }
          const measured = await searchTable({ ...options, ...(populationSize && { populationSize }) })
          return measured.map(({ fitness, costs }) => [fitness, -(costs[0] ?? 0)])
        }
        const before = await kept.find(file, decisive)
        const points = before ?? (await search())
        if (before === null) await kept.keep(file, decisive, points)
        shares.push(sharesOf(points, all))
      }
      found.set(label, shares)
      FLOORS.forEach((floor, f) => {
        const budgets = BUDGETS.map((budget, b) => ({ budget, values: shares.map((each) => each[f]?.[b] ?? 0) }))
        note(
          `${device.padEnd(8)} above ${floor} %  ${label.padEnd(8)} ${budgets.map(({ values }) => text(values)).join('  ')}`,
        )
        rows.push({
          device,
          floor,
          label,
          budgets: budgets.map(({ budget, values }) => ({ budget, ...figures(values) })),
        })
      })
    }
    const ours = found.get('EHVI') ?? []
    for (const { label } of CONTESTANTS.slice(1)) {
      const theirs = found.get(label) ?? []
      for (const [f, floor] of FLOORS.entries())
        for (const [b, budget] of BUDGETS.entries()) {
          const of = (shares: number[][][]): number[] => shares.map((each) => 100 * (each[f]?.[b] ?? 0))
          const { mean, low, high } = pairedInterval(of(ours), of(theirs))
          note(
            `${device.padEnd(8)} above ${floor} %  EHVI - ${label.padEnd(8)} at ${budget}: ${mean.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`,
          )
          rows.push({ device, floor, other: label, budget, mean, low, high })
          checks.push(atLeast(`${device}, above ${floor} %: EHVI minus ${label} at ${budget}, lower end`, low, 0))
        }
    }
  }
  return { results: { seeds, planned: PLANNED, rows }, checks }
}
