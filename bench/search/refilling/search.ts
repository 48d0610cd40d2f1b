// Strategy `gpt-nas` with generations of one, taken apart so that a writer can add candidates before each choice of the surrogate. Without
// a writer it is the strategy itself, evaluation for evaluation, which the measurement checks.
import type { Contestant } from '../contestants'
import { chainPicks } from '../../../src/shared/strategies/chain-picks'
import { firstPicks } from '../../../src/shared/strategies/first-picks'
import { randomProposals } from '../../../src/shared/strategies/initial'
import { opinionOf } from '../../../src/shared/strategies/opinion'
import { generationContext, type Member } from '../../../src/shared/strategies/strategy'
import { gptNasStrategy } from '../../../src/shared/strategies/gpt-nas'
import { createRandom } from '../../../src/shared/random'
import type { Genotype, Measurement, Space } from '../../../src/shared/spaces/space'
import { SurrogateSearch } from '../../../src/shared/surrogate/surrogate-search'
import type { Evaluated, Writer } from './writer'

/** As gpt-nas.ts has it for block chains: picked, then drawn. */
const CHAIN_START = { picked: 4, drawn: 2 }

/** Results after which the writer learns of them. */
const LEARNS_AT = [5, 10, 20, 40]

export interface Found {
  /** In the order in which the search came to them. */
  readonly measured: readonly Measurement[]
  /** Of one core, for each choice. */
  readonly stepSeconds: readonly number[]
}

export async function refilledSearch(
  space: Space,
  { judge, learner, chains }: Contestant,
  {
    candidates,
    budget,
    seed,
    writer,
  }: { candidates: number; budget: number; seed: number; writer: Writer | undefined },
): Promise<Found> {
  const own = gptNasStrategy.schema.parse({ name: 'gpt-nas', candidates })
  const { table } = space
  if (table === undefined) throw new Error(`space ${space.name} has no table`)
  const base = { space, populationSize: 1, generations: budget, seed, seeds: [], history: [] as Member[][] }
  const first = generationContext(base, 0).random
  const expects = chains?.of(space)
  const search = await SurrogateSearch.open({
    ...{ space, random: first.fork('pool'), budget, candidates, isBounded: own.bounded },
    ...(chains && expects && { belief: { of: expects, correlation: chains.trust } }),
    ...(learner && { learner: { model: learner, isAlone: false, mostPairs: own.questions } }),
  })
  let picks: readonly Genotype[] = []
  let leading = own.randomFirst
  if (expects !== undefined) {
    const pool = search.candidates.map(({ genotype }) => genotype)
    const chosen = await chainPicks(space, pool, expects, CHAIN_START.picked, first.fork('picks'))
    picks = chosen.picks
    search.consider(chosen.bred)
    leading = CHAIN_START.picked + CHAIN_START.drawn
  } else if (judge !== undefined) {
    picks = firstPicks(space, search.candidates, judge, own.firstPicks, first.fork('picks'))
    if (picks.length > 0) search.believe(opinionOf(search.candidates, judge))
    if (picks.length > 0) leading = own.firstPicks
  }
  const results: Evaluated[] = []
  const measured: Measurement[] = []
  const stepSeconds: number[] = []
  const keys = new Set<string>()
  while (measured.length < budget) {
    const context = generationContext(base)
    const start = process.cpuUsage()
    const isOpen = (genotype: Genotype): boolean => !keys.has(space.canonicalKey(genotype))
    let next = picks.find(isOpen)
    if (next === undefined && results.length < leading) next = randomProposals(context, 1)[0]?.genotype
    if (next === undefined) {
      if (writer !== undefined) search.consider(writer.refills(results, context.random.fork('refilling')))
      next = (await search.suggest(1, context.random.fork('candidates')))[0]
    }
    const { user, system } = process.cpuUsage(start)
    stepSeconds.push((user + system) / 1e6)
    const row = next && table.row(next)
    if (next === undefined || row === undefined) break
    keys.add(space.canonicalKey(next))
    const member = { trialId: measured.length + 1, genotype: next, fitness: row.fitness }
    base.history.push([
      {
        ...member,
        origin: { operator: 'surrogate', parents: [], crossover: false, mutation: false, reconstructed: [] },
      },
    ])
    search.tell(member)
    measured.push(row)
    results.push({ genotype: next, fitness: row.fitness })
    if (writer === undefined || !LEARNS_AT.includes(results.length) || results.length === budget) continue
    const learning = process.cpuUsage()
    await writer.learn(
      results,
      createRandom(seed)
        .fork(`writer-${results.length}`)
        .integer(2 ** 31),
    )
    const learned = process.cpuUsage(learning)
    stepSeconds.push((learned.user + learned.system) / 1e6)
  }
  return { measured, stepSeconds }
}
