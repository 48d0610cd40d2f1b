// A strategy that learns, in rungs and without, at equal cost on NAS-Bench-201 (decision 188). Trained short is 12 epochs and whole 200, which
// have schedules of their own there, so a promoted cell pays both. What is told of the rungs is the product's way, results of different
// epochs as they are, and one that could refute it: first rungs alone, which were all trained alike.
import path from 'node:path'
import { figures } from '../../src/shared/search/comparison/compare'
import { promotable, type Halving } from '../../src/shared/search/rungs'
import { WHOLE } from '../../src/shared/search/trial-fidelity'
import type { Trial } from '../../src/shared/search/trial'
import { generationContext, type Member } from '../../src/shared/strategies/strategy'
import { strategyByName } from '../../src/shared/strategies/registry'
import { pairedInterval } from '../accuracy/interval'
import { keptFigures } from '../accuracy/kept'
import { atLeast, type Check, type Measured } from '../harness'
import { tableSpace } from './tables'

const [SHORT, LONG] = [12, 200]
const LADDER: Halving = { epochs: [SHORT, LONG], eta: 3 }
/** In whole trainings. */
const BUDGETS = [5, 10, 15]
const ARMS = ['whole', 'first rung', 'as they are'] as const
const OWN = 'as they are'
type Arm = (typeof ARMS)[number]

export interface HalvingSurrogate {
  readonly tables: readonly ('c10' | 'c100')[]
  readonly arms: readonly string[]
  readonly strategy: string
  readonly seeds: number
  readonly keep: string | null
  readonly note: (line: string) => void
}

interface Searched {
  /** Test accuracy of the best by validation among those trained whole, at each budget. */
  readonly found: readonly number[]
  readonly candidates: number
}

interface Tables {
  readonly short: ReturnType<typeof tableSpace>
  readonly long: ReturnType<typeof tableSpace>
}

/** Proposals one by one, as of any strategy that learns from each result; a candidate that is promoted trains on at once. */
async function search({ short, long }: Tables, name: string, arm: Arm, seed: number): Promise<Searched> {
  const strategy = strategyByName(name)
  const own = strategy.schema.parse({ name })
  const history: Member[][] = []
  const climbing: Pick<Trial, 'number' | 'state' | 'fidelity' | 'origin'>[] = []
  const found: number[] = []
  let [spent, best] = [0, { fitness: -Infinity, report: NaN }]
  const end = BUDGETS.at(-1)! * LONG
  const share = arm === 'whole' ? 1 : (SHORT + LONG / LADDER.eta) / LONG
  const pay = (epochs: number): boolean => {
    spent += epochs
    while (found.length < BUDGETS.length && spent > BUDGETS[found.length]! * LONG) found.push(best.report)
    return spent <= end
  }
  for (let number = 1; ; number++) {
    const base = {
      space: long,
      populationSize: 1,
      generations: Math.ceil(BUDGETS.at(-1)! / share),
      seed,
      seeds: [],
      history,
    }
    const [proposal] = await strategy.propose(generationContext(base, history.length), own)
    const early = proposal && short.table?.row(proposal.genotype)
    const late = proposal && long.table?.row(proposal.genotype)
    if (proposal === undefined || early === undefined || late === undefined) break
    const rung = { epochs: SHORT, fitness: early.fitness, place: number, promotedAmong: null }
    climbing.push({ number, state: 'waiting', origin: proposal.origin, fidelity: { ...WHOLE, rungs: [rung] } })
    if (arm !== 'whole' && !pay(SHORT)) break
    const isWhole = arm === 'whole' || promotable(LADDER, climbing)?.number === number
    if (isWhole) {
      if (!pay(LONG)) break
      if (late.fitness > best.fitness) best = { fitness: late.fitness, report: late.report ?? NaN }
    }
    climbing[number - 1] = { ...climbing[number - 1]!, state: 'finished' }
    const told = isWhole ? late.fitness : early.fitness
    history.push([
      {
        ...{ trialId: number, genotype: proposal.genotype, origin: proposal.origin },
        fitness: arm === 'first rung' ? early.fitness : told,
      },
    ])
  }
  while (found.length < BUDGETS.length) found.push(best.report)
  return { found, candidates: history.length }
}

export async function measureHalvingSurrogate(options: HalvingSurrogate): Promise<Measured> {
  const { tables, strategy, seeds, keep, note } = options
  const arms = ARMS.filter((arm) => options.arms.includes(arm))
  const kept = keptFigures<Searched>(keep === null ? null : path.resolve(keep))
  const rows: unknown[] = []
  const checks: Check[] = []
  for (const table of tables) {
    const opened = { short: tableSpace(`${table}-12`), long: tableSpace(table) }
    const searched = new Map<Arm, Searched[]>(arms.map((arm) => [arm, []]))
    for (let seed = 0; seed < seeds; seed++)
      for (const arm of arms) {
        const decisive = { table, strategy, arm, seed, BUDGETS, LADDER }
        const file = `halving-${strategy}-${table}-${arm.replaceAll(' ', '-')}-${seed}`
        const known = await kept.find(file, decisive)
        const one = known ?? (await search(opened, strategy, arm, seed))
        if (known === null) await kept.keep(file, decisive, one)
        searched.get(arm)?.push(one)
      }
    const at = (arm: Arm, b: number): number[] => (searched.get(arm) ?? []).map(({ found }) => found[b] ?? NaN)
    for (const arm of arms) {
      const budgets = BUDGETS.map((budget, b) => ({ budget, ...figures(at(arm, b)) }))
      const candidates = figures((searched.get(arm) ?? []).map((one) => one.candidates)).mean
      rows.push({ table, arm, candidates, budgets })
      note(
        `${table} ${arm.padEnd(12)} ${budgets.map(({ mean, std }) => `${mean.toFixed(2)} ± ${std.toFixed(2)}`).join('  ')}  (${candidates.toFixed(0)} candidates)`,
      )
    }
    if (seeds < 2 || !arms.includes(OWN)) continue
    for (const other of arms.filter((arm) => arm !== OWN))
      for (const [b, budget] of BUDGETS.entries()) {
        const [first, second] = [at(OWN, b), at(other, b)]
        if (first.every((value, i) => value === second[i])) continue
        const { mean, low, high } = pairedInterval(first, second)
        rows.push({ table, arm: OWN, minus: other, budget, mean, low, high })
        note(`${table} ${OWN} - ${other} at ${budget}: ${mean.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`)
        // Not worse beyond error than either.
        checks.push(atLeast(`${table}: ${OWN} minus ${other} at ${budget}, upper end`, high, 0))
      }
  }
  return { results: { seeds, strategy, eta: LADDER.eta, rows }, checks: seeds < 10 ? [] : checks }
}
