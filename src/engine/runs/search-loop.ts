// The search itself: generation after generation, propose, store, evaluate on every compute, use the results in trial order.
// What is stored decides where a resumed run goes on, so nothing finished is lost and nothing is proposed twice.
import { AppError, errorData } from '@shared/errors'
import type { RunDefinition } from '@shared/search/run'
import { confirmedArchitectures, isConfirmation, searchingPart } from '@shared/search/confirmations'
import { nextGeneration } from '@shared/search/trial'
import { constrainedSpace } from '@shared/spaces/constrained'
import { Evaluations, isUsedUp } from '@shared/search/evaluations'
import { halvingOf } from '@shared/search/rungs'
import { plannedEvaluations } from '@shared/search/planning'
import type { RunEnd } from '@shared/search/run-states'
import { hasLostCompute } from '../executors/memory-kills'
import { addJournal } from '../storage/journal'
import { findResult, insertGeneration, listTrials, type TrialRecord } from '../storage/trials'
import { listQueue } from '../storage/trial-queue'
import type { Proposal } from '@shared/strategies/strategy'
import { EpochBudget } from './epoch-budget'
import { confirmBest } from './confirm'
import { asProposed, filtered } from './filter'
import { endGeneration, promoteNext } from './halving'
import { proposalsOf } from './proposals'
import { isLittleLeft } from './little-left'
import { TrialQueue } from './queue'
import { journal, type RunContext } from './run-context'
import { MAX_ATTEMPTS, reuseResult, runTrial } from './trial-runner'

/** Why a run is finished, and the count of its changes when that was found: with any later one it does not hold. */
export interface FoundEnd {
  readonly end: RunEnd
  readonly revision: number
}

/**
 * Goes on from what is stored until a budget is used up, nothing is left to propose, or the control ends it. What it decides at
 * the end of a generation follows from stored trials and changes alone.
 * @returns why it is finished; null when the control has ended it
 * @throws AppError what makes going on pointless.
 */
export async function searchLoop(context: RunContext): Promise<FoundEnd | null> {
  const { live, control } = context
  while (!control.isEnding) {
    // Before anything is read of the run, so that whatever comes in after that is seen to have come.
    const { revision, definition } = live.steering
    const end = await step(context, { definition, revision })
    if (end === null) continue
    if (confirmedArchitectures(definition) === 0) return end
    // Told to end, or changed meanwhile: what is to be confirmed is decided when it goes on.
    if (control.isEnding || live.steering.revision !== end.revision) continue
    if (!(await confirmBest(context, { definition, revision: end.revision }))) return end
  }
  return null
}

interface Held {
  readonly definition: RunDefinition
  readonly revision: number
}

/** Evaluates what waits, or proposes a generation. @returns why the search, or its confirmations, are over; null where they go on */
async function step(context: RunContext, { definition, revision }: Held): Promise<FoundEnd | null> {
  const { store, run, live, control } = context
  const before = await listTrials(store.db, run.id)
  const confirms = before.some(isConfirmation)
  const searching = searchingPart(definition)
  const isTimeUp = (): boolean =>
    !confirms && searching !== definition && searching.maxSeconds !== null && live.seconds() >= searching.maxSeconds
  // A generation, or what came in by hand since one was complete.
  if ((await listQueue(store.db, run.id)).length > 0) {
    live.phase = 'training'
    context.updates.touch(run.id)
    const epochs = await EpochBudget.open(store.db, run.id, confirms ? definition : searching)
    await evaluateWaiting(context, epochs, isTimeUp)
    if (!control.isEnding && halvingOf(definition) !== null) await endGeneration(context)
    await store.settle()
    if (isTimeUp()) return { end: 'time', revision: live.steering.revision }
    // Another limit of epochs meanwhile: what waits is looked at again.
    return epochs.isUsedUp && live.steering.definition.maxEpochs === definition.maxEpochs
      ? { end: 'epochs', revision: live.steering.revision }
      : null
  }
  if (isTimeUp()) return { end: 'time', revision }
  const proposed = before.filter((trial) => !isConfirmation(trial))
  const generation = nextGeneration(proposed)
  const evaluations = new Evaluations(plannedEvaluations(searching))
  for (const { evaluationKey } of proposed) evaluations.add(evaluationKey)
  if (evaluations.end !== null) return { end: evaluations.end, revision }
  live.phase = 'proposing'
  context.updates.touch(run.id)
  if (await isLittleLeft(context, definition, generation, proposed)) return { end: 'gain', revision }
  return (await propose(context, { definition, revision }, generation, before, evaluations))
    ? null
    : { end: 'space', revision }
}

/**
 * Stores the next generation; what a person has changed while it was worked out is asked for anew by the caller, and nothing is stored.
 * @returns false where there is none, because every architecture of the space was tried
 */
async function propose(
  context: RunContext,
  { definition, revision }: Held,
  generation: number,
  before: readonly TrialRecord[],
  evaluations: Evaluations,
): Promise<boolean> {
  const { run, prepared, live, store } = context
  const proposals = await askStrategy(context, definition, generation, before)
  const through = await filtered(context, definition, proposals, evaluations.keys)
  const described = through.map(({ proposal, costs }, index) => {
    const trial = prepared.describe(proposal, before.length + index + 1)
    return { ...trial, costs: { ...trial.costs, ...costs } }
  })
  const trials = described.slice(0, evaluations.roomFor(described.map(({ evaluationKey }) => evaluationKey)))
  const repeats = trials.filter(({ evaluationKey }) => !evaluations.add(evaluationKey)).length
  if (repeats === trials.length && isSpaceUsedUp(context, definition, before)) return false
  const rebuilt = trials.filter(({ origin }) => origin.reconstructed.length > 0).length
  const parts = [
    `Generation ${generation + 1}: ${trials.length} architectures proposed`,
    ...(rebuilt > 0 ? [`${rebuilt} of them partly by the proposer`] : []),
    ...(repeats > 0 ? [`${repeats} of them ${repeats === 1 ? 'a repeat' : 'repeats'}`] : []),
  ]
  await store.write(async (writer) => {
    // Proposed from what no longer holds.
    if (live.steering.revision !== revision) return
    await insertGeneration(writer, run.id, generation, trials)
    await addJournal(writer, run.id, 'info', `${parts.join(', ')}.`)
  })
  const stored = await listTrials(store.db, run.id, { generation })
  context.updates.touch(
    run.id,
    stored.map(({ id }) => id),
  )
  return true
}

function isSpaceUsedUp({ prepared }: RunContext, definition: RunDefinition, trials: readonly TrialRecord[]): boolean {
  const space = constrainedSpace(prepared.space, definition)
  return isUsedUp(space, new Set(trials.map(({ genotype }) => space.canonicalKey(space.parse(genotype)))))
}

/** Asks the strategy; a compute that dies under the proposer is replaced and asked again, as for a trial. */
async function askStrategy(
  context: RunContext,
  definition: RunDefinition,
  generation: number,
  before: readonly TrialRecord[],
): Promise<readonly Proposal[]> {
  const { prepared } = context
  for (let attempt = 1; ; attempt++) {
    try {
      return await proposalsOf(prepared, { definition: asProposed(definition) }, generation, before)
    } catch (thrown) {
      const error = errorData(thrown)
      if (!hasLostCompute(thrown) || attempt >= MAX_ATTEMPTS) throw thrown
      const message = `The proposer's compute ended: ${error.message} It is asked again (attempt ${attempt + 1} of ${MAX_ATTEMPTS}).`
      await journal(context, { level: 'warning', message }, () => Promise.resolve())
    }
  }
}

/** Evaluates what waits, in its order, as many at once as there are computes; equal architectures one after the other. */
async function evaluateWaiting(context: RunContext, epochs: EpochBudget, isTimeUp: () => boolean): Promise<void> {
  const { store, run, live, control, prepared } = context
  const halving = halvingOf(run.definition)
  const queue = new TrialQueue(store, run.id, live.steering, halving === null ? undefined : () => promoteNext(context))
  const isEnding = (): boolean => control.isEnding || control.signal.aborted
  const work = async (): Promise<void> => {
    const isOver = (): boolean => isEnding() || epochs.isUsedUp || isTimeUp()
    for (let trial = await queue.take(isOver); trial !== undefined; trial = await queue.take(isOver)) {
      const taken = trial
      try {
        const earlier = await findResult(store.db, taken.evaluationKey, run.id, taken.number)
        const isReused = earlier !== undefined && (await reuseResult(context, taken, earlier))
        if (!isReused) await epochs.train(taken, isEnding, () => runTrial(context, taken))
      } finally {
        queue.release(taken)
      }
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
  const outcomes = await Promise.allSettled(workers)
  queue.close()
  const failed = outcomes.find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
  if (control.signal.aborted && control.reason === undefined) throw new AppError('cancelled', 'The run was let go.')
}

function checkTimeLimit({ live, control }: RunContext): void {
  const { maxSeconds } = live.steering.definition
  if (maxSeconds !== null && live.seconds() >= maxSeconds && !control.isEnding) control.end('time')
}
