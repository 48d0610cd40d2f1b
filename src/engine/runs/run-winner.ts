// Who has won a run: the best measured, and, where evaluations are noisy, whom all results together speak for. Worked out when asked.
import { evaluatorOf } from '@shared/evaluators/registry'
import { scoreOf } from '@shared/objectives/score'
import { createRandom } from '@shared/random'
import type { Winner } from '@shared/search/winner'
import type { Space } from '@shared/spaces/space'
import type { RunRecord } from '../storage/runs'
import type { TrialRecord } from '../storage/trials'

/**
 * @param trials of the run, in their order
 * @returns null where there is no single winner (a front), nothing to doubt (a table), or too few results
 */
export async function expectedWinner(
  { definition }: Pick<RunRecord, 'definition'>,
  trials: readonly TrialRecord[],
  space: Space,
): Promise<Winner | null> {
  const { objective, seed } = definition
  if (objective.kind === 'pareto' || evaluatorOf(definition).kind === 'table') return null
  const distinct = trials.flatMap((trial) => {
    const score = trial.state === 'finished' && !trial.isRepeat ? scoreOf(objective, trial) : undefined
    return score === undefined ? [] : [{ trial, genotype: space.parse(trial.genotype), score }]
  })
  // Statistics that only who asks has to load.
  const { posteriorWinner } = await import('@shared/surrogate/posterior-winner')
  const winner = posteriorWinner(space, distinct, createRandom(seed).fork('winner'))
  const won = winner === null ? undefined : distinct[winner.index]
  if (winner === null || won === undefined) return null
  const { id, number, fitness } = won.trial
  // What is expected is a score; the fitness differs from it by what its own costs take off.
  const expected = (fitness ?? 0) - won.score + winner.score
  return { trialId: id, trialNumber: number, measured: fitness ?? 0, expected, results: distinct.length }
}
