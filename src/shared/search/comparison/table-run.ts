// A search whose evaluations cost nothing: a strategy on a space whose table says what each architecture is worth. The same
// proposals as in a run, without an engine; for comparing strategies over many seeds.
import type { Breathe } from '../../breathe'
import type { Measurement, Space } from '../../spaces/space'
import type { Objective } from '../../objectives/schema'
import { judgedRow, objectivesOf, scoreOf } from '../../objectives/score'
import type { FormerRun } from '../former-runs'
import { Evaluations, isUsedUp } from '../evaluations'
import type { InContextLearner } from '../../surrogate/in-context/learner'
import {
  generationContext,
  type ChainJudge,
  type GraphJudge,
  type Member,
  type Strategy,
} from '../../strategies/strategy'

export interface TableRunOptions {
  /** With a table. */
  readonly space: Space
  readonly strategy: Strategy
  /** The strategy's part of a definition. */
  readonly own: { readonly name: string }
  /** Distinct architectures. */
  readonly budget: number
  readonly seed: number
  readonly judge?: GraphJudge | undefined
  readonly learner?: InContextLearner | undefined
  readonly chains?: ChainJudge | undefined
  /** Runs to start from, for strategies that learn from them. */
  readonly former?: readonly FormerRun[] | undefined
  /** What is made better; left out, the fitness alone. */
  readonly objective?: Objective
  /** Architectures of a generation of those strategies that need whole generations; left out, that of the published rows. */
  readonly populationSize?: number
  /** Awaited between generations and while one is chosen, for who must answer others meanwhile; it may throw. */
  readonly breathe?: Breathe
}

/** As in the published rows. */
const GENERATION = 10
const FITNESS: Objective = { kind: 'fitness' }

/**
 * What was measured of each distinct architecture, in the order in which the search came to it; at most `budget`, fewer where
 * it finds nothing new.
 */
export async function searchTable(options: TableRunOptions): Promise<Measurement[]> {
  const { space, strategy, own, budget, seed, judge, learner, chains, former, breathe, objective = FITNESS } = options
  const { table } = space
  if (table === undefined) throw new Error(`space ${space.name} has no table`)
  const populationSize = strategy.isSequential === true ? 1 : (options.populationSize ?? GENERATION)
  const evaluations = new Evaluations(budget)
  const found = new Map<string, Measurement>()
  const history: Member[][] = []
  const base = {
    space,
    populationSize,
    generations: Math.ceil(budget / populationSize),
    seed,
    seeds: [],
    ...(judge && { judge }),
    ...(learner && { learner }),
    ...(chains && { chains }),
    ...(former && { former }),
    ...(breathe && { breathe }),
  }
  while (evaluations.end === null) {
    await breathe?.()
    const proposals = await strategy.propose(generationContext({ ...base, history }, history.length), own)
    const before = evaluations.distinct
    const firstId = history.length * populationSize + 1
    const keys = proposals.map(({ genotype }) => space.canonicalKey(genotype))
    history.push(
      proposals.slice(0, evaluations.roomFor(keys)).map(({ genotype, origin }, i) => {
        const key = keys[i] ?? ''
        const row = table.row(genotype)
        if (evaluations.add(key) && row !== undefined) found.set(key, row)
        // Equal architectures are one evaluation, whatever a table says of each.
        const known = found.get(key)
        const judged = known && judgedRow(table.costNames, known)
        return {
          ...{ trialId: firstId + i, genotype, origin },
          fitness: judged && scoreOf(objective, judged),
          objectives: judged && objectivesOf(objective, judged),
        }
      }),
    )
    if (evaluations.distinct === before && isUsedUp(space, evaluations.keys)) break
  }
  return [...found.values()]
}
