// What a run's strategy proposes next from what is stored: the one call of strategies, for the search itself and for whoever replays
// it, so that both see the same.
import { generationContext, type Member, type Proposal } from '@shared/strategies/strategy'
import type { RunRecord } from '../storage/runs'
import type { TrialRecord } from '../storage/trials'
import type { PreparedRun } from './prepared-run'

/** What takes part in proposing. */
export type Proposing = Pick<PreparedRun, 'space' | 'strategy' | 'seeds' | 'reconstructor' | 'judge'>

/** Complete generations as strategies see them: members in trial order, failed ones without fitness. */
function historyOf(trials: readonly TrialRecord[], generation: number): Member[][] {
  const history: Member[][] = Array.from({ length: generation }, () => [])
  for (const trial of trials) {
    history[trial.generation]?.push({
      trialId: trial.id,
      genotype: trial.genotype,
      origin: trial.origin,
      fitness: trial.state === 'finished' ? (trial.fitness ?? undefined) : undefined,
    })
  }
  return history
}

/** @param trials of the generations before, at least, in their order */
export function proposalsOf(
  { space, strategy, seeds, reconstructor, judge }: Proposing,
  { definition }: Pick<RunRecord, 'definition'>,
  generation: number,
  trials: readonly TrialRecord[],
): Promise<readonly Proposal[]> {
  const context = generationContext({
    space,
    seeds,
    populationSize: definition.populationSize,
    generations: definition.generations,
    history: historyOf(trials, generation),
    seed: definition.seed,
    ...(reconstructor !== undefined && { reconstructor }),
    ...(judge !== undefined && { judge }),
  })
  return strategy.propose(context, definition.strategy)
}
