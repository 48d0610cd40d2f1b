// Former runs that a search starts from: read when it is made, and how far they fit, told when asked (decision 151).
import { AppError } from '@shared/errors'
import { isConfirmation } from '@shared/search/confirmations'
import { MOST_KEPT, type FormerFit, type FormerRun } from '@shared/search/former-runs'
import type { RunDefinition } from '@shared/search/run'
import { strategyByName } from '@shared/strategies/registry'
import { bestAndSpread } from '@shared/surrogate/best-and-spread'
import { typed } from '@node/command-line'
import { listRuns, type RunRecord } from '../storage/runs'
import type { Reader } from '../storage/schema'
import { listTrials, type TrialRecord } from '../storage/trials'
import type { Proposing } from './proposals'

/**
 * What a run of this definition keeps of the runs that it names by number or id.
 * @throws AppError `not-found` for one that is not there; `invalid-input` where its strategy learns from none, or one came to nothing
 */
export async function formerRunsOf(
  db: Reader,
  { warmStart, strategy, objective }: Pick<RunDefinition, 'warmStart' | 'strategy' | 'objective'>,
): Promise<FormerRun[]> {
  if (warmStart.length === 0) return []
  if (strategyByName(strategy.name).usesFormer !== true)
    throw new AppError(
      'invalid-input',
      `The strategy ${strategy.name} learns from no former run (warmStart).`,
      'Choose gpt-nas or gp-ei, or start from none.',
    )
  if (objective.kind === 'pareto')
    throw new AppError(
      'invalid-input',
      'A search for a front starts from no former run (warmStart): their results are one figure each.',
      'Choose one figure as the objective, or start from none.',
    )
  const runs = await listRuns(db)
  const found = warmStart.map((wanted) => {
    const run = runs.find(({ id, number }) => id === wanted || String(number) === wanted)
    if (run !== undefined) return run
    throw new AppError(
      'not-found',
      `There is no run "${wanted}" to start from in this workspace.`,
      `List them with "${typed('search list')}".`,
    )
  })
  return Promise.all([...new Set(found)].map((run) => kept(db, run)))
}

async function kept(db: Reader, { id, number, definition: { name } }: RunRecord): Promise<FormerRun> {
  const results = resultsOf(await listTrials(db, id))
  if (results.length === 0)
    throw new AppError('invalid-input', `Run ${number} "${name}" has no result to start from.`, 'Name another one.')
  const order = results
    .map((_, index) => index)
    .sort((a, b) => (results[b]?.fitness ?? 0) - (results[a]?.fitness ?? 0) || a - b)
  return { number, name, results: bestAndSpread(order, MOST_KEPT).flatMap((index) => results[index] ?? []) }
}

const resultsOf = (trials: readonly TrialRecord[]) =>
  trials.flatMap((trial) =>
    trial.state !== 'finished' || trial.fitness === null || trial.isRepeat || isConfirmation(trial)
      ? []
      : [{ genotype: trial.genotype, fitness: trial.fitness }],
  )

/** How far each fits the results that there are now, as the strategy sees it. */
export async function formerFits(
  { former = [], space, breathe }: Pick<Proposing, 'former' | 'space' | 'breathe'>,
  trials: readonly TrialRecord[],
): Promise<{ readonly present: number; readonly fits: readonly FormerFit[] }> {
  const present = resultsOf(trials).map(({ genotype, fitness }) => ({ genotype: space.parse(genotype), fitness }))
  if (former.length === 0) return { present: present.length, fits: [] }
  // Statistics that only who asks has to load.
  const { FormerRuns } = await import('@shared/surrogate/former-runs')
  const runs = await FormerRuns.open(space, former, breathe)
  return { present: present.length, fits: runs.expect(present).fits }
}
