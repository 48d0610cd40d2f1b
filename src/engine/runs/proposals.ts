// What a run's strategy proposes next from what is stored: the one call of strategies, for the search itself and for whoever replays
// it, so that both see the same.
import type { Objective } from '@shared/objectives/schema'
import { objectivesOf, scoreOf } from '@shared/objectives/score'
import { createRandom } from '@shared/random'
import { isConfirmation } from '@shared/search/confirmations'
import { constrainedSpace } from '@shared/spaces/constrained'
import { constrainedReconstructor } from '@shared/strategies/constrained-reconstructor'
import { generationContext, type Member, type Proposal } from '@shared/strategies/strategy'
import type { Genotype, Space } from '@shared/spaces/space'
import type { RunRecord } from '../storage/runs'
import type { TrialRecord } from '../storage/trials'
import type { PreparedRun } from './prepared-run'

/** What takes part in proposing. */
export type Proposing = Pick<
  PreparedRun,
  'space' | 'strategy' | 'seeds' | 'reconstructor' | 'judge' | 'learner' | 'chains' | 'former' | 'breathe'
>

const drawn = (genotype: Genotype): Proposal => ({
  genotype,
  origin: { operator: 'random', parents: [], crossover: false, mutation: false, reconstructed: [] },
})

/** By its text, the genotype that strategies of a space were shown before. */
const shown = new WeakMap<Space, Map<string, Genotype>>()

/**
 * The same object for the same genotype in every generation: what is worked out of one is kept by its object, and to do so anew for each
 * of a hundred chains read from the database took half a second a step in which the engine answered nobody.
 */
function asShown(space: Space, genotype: Genotype): Genotype {
  const known = shown.get(space) ?? new Map<string, Genotype>()
  shown.set(space, known)
  const text = JSON.stringify(genotype)
  const before = known.get(text)
  if (before === undefined) known.set(text, genotype)
  return before ?? genotype
}

/** Complete generations as strategies see them: members in trial order, failed ones without fitness. */
function historyOf(space: Space, trials: readonly TrialRecord[], generation: number, objective: Objective): Member[][] {
  const history: Member[][] = Array.from({ length: generation }, () => [])
  for (const trial of trials) {
    // Nothing that a strategy asked for: it would see one architecture twice.
    if (isConfirmation(trial)) continue
    history[trial.generation]?.push({
      trialId: trial.id,
      genotype: asShown(space, trial.genotype),
      origin: trial.origin,
      ...resultOf(trial, objective),
    })
  }
  return history
}

/** A trial whose costs are not known cannot be compared: it counts as one that failed. */
function resultOf(trial: TrialRecord, objective: Objective): Pick<Member, 'fitness' | 'objectives'> {
  if (trial.state !== 'finished') return { fitness: undefined }
  if (objective.kind !== 'pareto') return { fitness: scoreOf(objective, trial) }
  const objectives = objectivesOf(objective, trial)
  return { fitness: objectives?.[0], objectives }
}

/**
 * None of them breaks what is banned or pinned: the space that the strategy sees has no such architecture, and what it takes over from
 * before (an elite, a network of the user's) is drawn anew where it does.
 * @param trials of the generations before, at least, in their order
 */
export async function proposalsOf(
  { space, strategy, seeds, reconstructor, judge, learner, chains, former, breathe }: Proposing,
  { definition }: Pick<RunRecord, 'definition'>,
  generation: number,
  trials: readonly TrialRecord[],
): Promise<readonly Proposal[]> {
  const allowed = constrainedSpace(space, definition)
  const isAllowed = ({ genotype }: Pick<Proposal, 'genotype'>): boolean =>
    allowed === space || allowed.problems(genotype).length === 0
  const context = generationContext({
    space: allowed,
    seeds: seeds.filter((genotype) => isAllowed({ genotype })),
    populationSize: definition.populationSize,
    generations: definition.generations,
    history: historyOf(allowed, trials, generation, definition.objective),
    seed: definition.seed,
    ...(reconstructor !== undefined && { reconstructor: constrainedReconstructor(reconstructor, allowed) }),
    ...(judge !== undefined && { judge }),
    ...(learner !== undefined && { learner }),
    ...(chains !== undefined && { chains }),
    ...(former !== undefined && { former }),
    ...(breathe !== undefined && { breathe }),
  })
  const proposals = await strategy.propose(context, definition.strategy)
  const random = createRandom(definition.seed).fork(`rules-${generation}`)
  return proposals.map((proposal) => (isAllowed(proposal) ? proposal : drawn(allowed.random(random))))
}
