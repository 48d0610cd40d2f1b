// The search itself: generation after generation, propose, store, evaluate on every compute, use the results in trial order.
// What is stored decides where a resumed run goes on, so nothing finished is lost and nothing is proposed twice.
import { AppError, errorData } from '@shared/errors'
import { Evaluations, isUsedUp } from '@shared/search/evaluations'
import { plannedEvaluations } from '@shared/search/planning'
import type { RunEnd } from '@shared/search/run-states'
import { hasLostCompute } from '../executors/memory-kills'
import { findResult, insertGeneration, listTrials, type TrialRecord } from '../storage/trials'
import type { Proposal } from '@shared/strategies/strategy'
import { EpochBudget } from './epoch-budget'
import { proposalsOf } from './proposals'
import { journal, type RunContext } from './run-context'
import { MAX_ATTEMPTS, reuseResult, runTrial } from './trial-runner'

/**
 * Goes on from what is stored until a budget is used up, nothing is left to propose, or the control ends it. What it decides at
 * the end of a generation follows from stored trials alone.
 * @returns why it is finished; null when the control has ended it
 * @throws AppError what makes going on pointless.
 */
export async function searchLoop(context: RunContext): Promise<RunEnd | null> {
  const { store, run, live, control } = context
  const epochs = await EpochBudget.open(store.db, run.id, run.definition)
  for (let generation = 0; !control.isEnding; generation++) {
    let trials = await listTrials(store.db, run.id, { generation })
    if (trials.length === 0) {
      const before = await listTrials(store.db, run.id)
      const evaluations = new Evaluations(plannedEvaluations(run.definition))
      for (const { evaluationKey } of before) evaluations.add(evaluationKey)
      if (evaluations.end !== null) return evaluations.end
      live.phase = 'proposing'
      context.updates.touch(run.id)
      if (!(await propose(context, generation, before, evaluations))) return 'space'
      trials = await listTrials(store.db, run.id, { generation })
    }
    live.phase = 'training'
    context.updates.touch(run.id)
    await evaluateGeneration(context, trials, epochs)
    await store.settle()
    if (epochs.isUsedUp) return 'epochs'
  }
  return null
}

/** Stores the next generation. @returns false where there is none, because every architecture of the space was tried */
async function propose(
  context: RunContext,
  generation: number,
  before: readonly TrialRecord[],
  evaluations: Evaluations,
): Promise<boolean> {
  const { run, prepared } = context
  const proposals = await askStrategy(context, generation, before)
  const described = proposals.map((proposal, index) => prepared.describe(proposal, before.length + index + 1))
  const trials = described.slice(0, evaluations.roomFor(described.map(({ evaluationKey }) => evaluationKey)))
  const repeats = trials.filter(({ evaluationKey }) => !evaluations.add(evaluationKey)).length
  if (repeats === trials.length && isSpaceUsedUp(context, before)) return false
  const rebuilt = trials.filter(({ origin }) => origin.reconstructed.length > 0).length
  const parts = [
    `Generation ${generation + 1}: ${trials.length} architectures proposed`,
    ...(rebuilt > 0 ? [`${rebuilt} of them partly by the proposer`] : []),
    ...(repeats > 0 ? [`${repeats} of them ${repeats === 1 ? 'a repeat' : 'repeats'}`] : []),
  ]
  const message = `${parts.join(', ')}.`
  await journal(context, { message }, (writer) => insertGeneration(writer, run.id, generation, trials))
  const stored = await listTrials(context.store.db, run.id, { generation })
  context.updates.touch(
    run.id,
    stored.map(({ id }) => id),
  )
  return true
}

function isSpaceUsedUp({ prepared: { space } }: RunContext, trials: readonly TrialRecord[]): boolean {
  return isUsedUp(space, new Set(trials.map(({ genotype }) => space.canonicalKey(space.parse(genotype)))))
}

/** Asks the strategy; a compute that dies under the proposer is replaced and asked again, as for a trial. */
async function askStrategy(
  context: RunContext,
  generation: number,
  before: readonly TrialRecord[],
): Promise<readonly Proposal[]> {
  const { run, prepared } = context
  for (let attempt = 1; ; attempt++) {
    try {
      return await proposalsOf(prepared, run, generation, before)
    } catch (thrown) {
      const error = errorData(thrown)
      if (!hasLostCompute(thrown) || attempt >= MAX_ATTEMPTS) throw thrown
      const message = `The proposer's compute ended: ${error.message} It is asked again (attempt ${attempt + 1} of ${MAX_ATTEMPTS}).`
      await journal(context, { level: 'warning', message }, () => Promise.resolve())
    }
  }
}

/** Evaluates what waits, in trial order, as many at once as there are computes; equal architectures one after the other. */
async function evaluateGeneration(
  context: RunContext,
  trials: readonly TrialRecord[],
  epochs: EpochBudget,
): Promise<void> {
  const { store, run, control, prepared } = context
  const waiting = trials.filter(({ state }) => state === 'waiting' || state === 'running')
  const busy = new Set<string>()
  const take = (): TrialRecord | undefined => {
    const index = waiting.findIndex(({ evaluationKey }) => !busy.has(evaluationKey))
    return index < 0 ? undefined : waiting.splice(index, 1)[0]
  }
  const isEnding = (): boolean => control.isEnding || control.signal.aborted
  const work = async (): Promise<void> => {
    for (let trial = take(); trial !== undefined && !isEnding() && !epochs.isUsedUp; trial = take()) {
      const taken = trial
      busy.add(trial.evaluationKey)
      const earlier = await findResult(store.db, trial.evaluationKey, run.id, trial.number)
      const isReused = earlier !== undefined && (await reuseResult(context, trial, earlier))
      if (!isReused) await epochs.train(taken.id, isEnding, () => runTrial(context, taken))
      busy.delete(trial.evaluationKey)
      checkTimeLimit(context)
    }
  }
  const workers = Array.from({ length: Math.max(1, prepared.parallel) }, () =>
    work().catch((thrown: unknown) => {
      // What ends the run lets every other trial go at once.
      control.abandon()
      throw thrown
    }),
  )
  const failed = (await Promise.allSettled(workers)).find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
  if (control.signal.aborted && control.reason === undefined) throw new AppError('cancelled', 'The run was let go.')
}

function checkTimeLimit({ run, live, control }: RunContext): void {
  const { maxSeconds } = run.definition
  if (maxSeconds !== null && live.seconds() >= maxSeconds && !control.isEnding) control.end('time')
}
