// Who has won a run: the best measured, and, where evaluations are noisy, whom all results together speak for. Worked out when asked.
import type { Breathe } from '@shared/breathe'
import { evaluatorOf } from '@shared/evaluators/registry'
import { scoreOf } from '@shared/objectives/score'
import { createRandom } from '@shared/random'
import type { Winner } from '@shared/search/winner'
import type { Space } from '@shared/spaces/space'
import type { RunRecord } from '../storage/runs'
import type { TrialRecord } from '../storage/trials'

/**
 * @param trials of the run, in their order
 * @param breathe awaited while it is worked out
 * @returns null where there is no single winner (a front), nothing to doubt (a table), or too few results
 */
export async function expectedWinner(
  { definition }: Pick<RunRecord, 'definition'>,
  trials: readonly TrialRecord[],
  space: Space,
  breathe?: Breathe,
): Promise<Winner | null> {
  const { objective, seed } = definition
  if (objective.kind === 'pareto' || evaluatorOf(definition).kind === 'table') return null
  const results = trials.flatMap((trial) => {
    const score = trial.state === 'finished' && !trial.isRepeat ? scoreOf(objective, trial) : undefined
    return score === undefined ? [] : [{ trial, genotype: space.parse(trial.genotype), score }]
  })
  // Statistics that only who asks has to load.
  const { posteriorRanking } = await import('@shared/surrogate/posterior-winner')
  const ranking = await posteriorRanking(space, results, createRandom(seed).fork('winner'), breathe)
  const [winner] = ranking?.ranked ?? []
  const won = winner === undefined ? undefined : results[winner.index]
  if (ranking === null || winner === undefined || won === undefined) return null
  const { id, number, fitness } = won.trial
  // What is expected is a score; the fitness differs from it by what its own costs take off.
  const costs = (fitness ?? 0) - won.score
  return {
    ...{ trialId: id, trialNumber: number, measured: fitness ?? 0, expected: winner.score + costs },
    results: results.length,
    confirmed: winner.results > 1 ? { results: winner.results, mean: winner.mean + costs } : null,
    noise: ranking.noise,
  }
}
