// What refills are worth by themselves, without a surrogate that chooses among them: after so many random results, places of the best
// five are emptied and refilled by each arm, the same places for all, and the table tells what came of it.
import { bootstrapMean } from '../../../src/shared/search/comparison/statistics'
import { figures } from '../../../src/shared/search/comparison/compare'
import { createRandom } from '../../../src/shared/random'
import type { RelationalGpt } from '../../../src/shared/proposer/relational-gpt'
import type { Space } from '../../../src/shared/spaces/space'
import { keptFigures } from '../../accuracy/kept'
import type { Measured } from '../../harness'
import { tableSpace, type TableName } from '../tables'
import { ALL_SHUFFLED, armsOf } from './arms'
import { Writer, type Evaluated } from './writer'

/** Refills of a history, by which the share of places is that of a search half way. */
const REFILLS = 100
const REFILLS_OF_CHAINS = 20

interface Worth {
  /** Means over the refills: what is told of each, and the share that is better than the best result. */
  readonly mean: number
  readonly better: number
}

export interface WorthOptions {
  readonly tables: readonly TableName[]
  readonly arms: readonly string[] | null
  /** Results that are known, one or more numbers of them. */
  readonly results: readonly number[]
  readonly seeds: number
  readonly shuffled: string | null
  /** Null keeps nothing. */
  readonly keep: string | null
  readonly note: (line: string) => void
}

function history(space: Space, count: number, seed: number): Evaluated[] {
  const random = createRandom(seed).fork('history')
  const found = new Map<string, Evaluated>()
  while (found.size < count) {
    const genotype = space.random(random)
    const row = space.table?.row(genotype)
    if (row !== undefined) found.set(space.canonicalKey(genotype), { genotype, fitness: row.fitness })
  }
  return [...found.values()]
}

export async function measureWorth({
  tables,
  arms,
  results,
  seeds,
  shuffled,
  keep,
  note,
}: WorthOptions): Promise<Measured> {
  const kept = keptFigures<Worth>(keep)
  const found = new Map<string, Worth[]>()
  for (const table of tables) {
    const space = tableSpace(table)
    const isOfChains = table.startsWith('chains-')
    const all = armsOf(table, shuffled)
    for (const count of results)
      for (let seed = 0; seed < seeds; seed++) {
        const known = history(space, count, seed)
        // Arms that differ in what they ask alone share what was learned.
        const learned = new Map<string, RelationalGpt | undefined>()
        const best = Math.max(...known.map(({ fitness }) => fitness))
        for (const [label, how] of all) {
          if (how === undefined || (arms !== null && !arms.includes(label))) continue
          const decisive = { table, label, count, seed, ...how, gpt: undefined }
          const name = `worth-${table}-${count}-${label.replaceAll(/\W+/g, '-')}-${seed}`
          let worth = await kept.find(name, decisive)
          if (worth === null) {
            const writer = new Writer(
              space,
              { ...how, candidates: isOfChains ? REFILLS_OF_CHAINS : REFILLS },
              2 * count,
            )
            const lesson = `${how.steps} ${how.shuffleLabels} ${label === ALL_SHUFFLED}`
            const seedOfIt = createRandom(seed)
              .fork('writer')
              .integer(2 ** 31)
            learned.set(lesson, await writer.learn(known, seedOfIt, how.steps > 0 ? learned.get(lesson) : undefined))
            const rows = writer
              .refills(known, createRandom(seed).fork('refills'))
              .flatMap((genotype) => space.table?.row(genotype) ?? [])
            worth = {
              mean: figures(rows.map(({ fitness, report }) => (isOfChains ? (report ?? fitness) : fitness))).mean,
              better: rows.filter(({ fitness }) => fitness > best).length / rows.length,
            }
            await kept.keep(name, decisive, worth)
          }
          const group = `${table.replace(/^(chains.*)-\d+$/, '$1')} after ${count}`
          found.set(`${group}: ${label}`, [...(found.get(`${group}: ${label}`) ?? []), worth])
        }
      }
  }
  const rows = [...found].map(([label, worths]) => {
    const ours = found.get(label.replace(/: .*$/, ': refilled')) ?? []
    const differences = (['mean', 'better'] as const).map((what) => {
      const pairs = ours.map((each, i) => each[what] - (worths[i]?.[what] ?? NaN))
      return {
        what,
        value: figures(worths.map((each) => each[what])).mean,
        minus: figures(pairs).mean,
        ...bootstrapMean(pairs),
      }
    })
    note(
      `${label.padEnd(56)} ${differences.map(({ what, value, minus, low, high }) => `${what} ${value.toFixed(3)}, refilled minus it ${minus.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`).join('; ')}`,
    )
    return { label, pairs: worths.length, differences }
  })
  return { results: { rows }, checks: [] }
}
