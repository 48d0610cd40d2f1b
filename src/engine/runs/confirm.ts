// At the end of a search its best are evaluated again with other seeds (decision 136). What is due follows from the stored trials of the
// search alone, so that a resumed run confirms what the undisturbed one would have, and nothing twice.
import { scoreOf } from '@shared/objectives/score'
import { createRandom } from '@shared/random'
import { confirmedArchitectures, isConfirmation } from '@shared/search/confirmations'
import type { RunDefinition } from '@shared/search/run'
import type { Genotype } from '@shared/spaces/space'
import { addJournal } from '../storage/journal'
import { insertGeneration, listTrials, moveTrials, type NewTrial, type TrialRecord } from '../storage/trials'
import type { RunContext } from './run-context'

interface Due {
  readonly trial: TrialRecord
  readonly seed: number
}

/**
 * Stores the confirmations that are missing; what of the search still waits, because a budget is used up, is given up for them.
 * @param definition that holds now, whole
 * @param revision of the changes it was read with
 * @returns false where none is due: the run has its end
 */
export async function confirmBest(
  context: RunContext,
  { definition, revision }: { readonly definition: RunDefinition; readonly revision: number },
): Promise<boolean> {
  const { store, run, live, prepared, updates } = context
  const best = confirmedArchitectures(definition)
  if (best === 0) return false
  const trials = await listTrials(store.db, run.id)
  const due = await confirmationsDue(context, definition, trials, best)
  if (due.length === 0) return false
  const confirmations = due.map(({ trial, seed }, index): NewTrial => {
    // As it was proposed, so that it is evaluated under the same conditions.
    const origin = { ...trial.origin, operator: 'confirmation' as const, confirms: { trialId: trial.id, seed } }
    return prepared.describe({ genotype: trial.genotype as Genotype, origin }, trials.length + index + 1)
  })
  const numbers = [...new Set(due.map(({ trial }) => trial.number))].join(', ')
  const message = `Before a winner is named, the best are evaluated again with ${definition.confirmSeeds} other ${definition.confirmSeeds === 1 ? 'seed' : 'seeds'} each: trials ${numbers}.`
  await store.write(async (writer) => {
    // Changed, or put in by hand, since it was looked at.
    if (live.steering.revision !== revision) return
    await moveTrials(writer, run.id, 'waiting', 'cancelled')
    await insertGeneration(writer, run.id, trials.at(-1)?.generation ?? 0, confirmations)
    await addJournal(writer, run.id, 'info', message)
  })
  updates.touch(
    run.id,
    (await listTrials(store.db, run.id)).map(({ id }) => id),
  )
  return true
}

async function confirmationsDue(
  { prepared: { space, breathe } }: Pick<RunContext, 'prepared'>,
  { objective, seed: runSeed, confirmSeeds }: RunDefinition,
  trials: readonly TrialRecord[],
  best: number,
): Promise<Due[]> {
  const there = new Set(
    trials.flatMap(({ origin: { confirms } }) => (confirms ? [`${confirms.trialId}/${confirms.seed}`] : [])),
  )
  const scored = trials.flatMap((trial) => {
    const isOfSearch = trial.state === 'finished' && !trial.isRepeat && !isConfirmation(trial)
    const score = isOfSearch ? scoreOf(objective, trial) : undefined
    return score === undefined ? [] : [{ trial, score, genotype: space.parse(trial.genotype) }]
  })
  const { posteriorRanking } = await import('@shared/surrogate/posterior-winner')
  const ranking = await posteriorRanking(space, scored, createRandom(runSeed).fork('winner'), breathe)
  // Too few for a surrogate: by what was measured.
  const order =
    ranking?.ranked.map(({ index }) => index) ??
    scored.map((_, index) => index).sort((a, b) => (scored[b]?.score ?? 0) - (scored[a]?.score ?? 0) || a - b)
  return order.slice(0, best).flatMap((index) => {
    const trial = scored[index]?.trial
    if (trial === undefined) return []
    const seeds = Array.from({ length: confirmSeeds }, (_, i) => i + 1)
    return seeds.filter((seed) => !there.has(`${trial.id}/${seed}`)).map((seed) => ({ trial, seed }))
  })
}
