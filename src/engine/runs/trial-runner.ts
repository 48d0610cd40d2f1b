// One trial from waiting to its result: attempts, checkpoints, what is stored when. A failed trial is a result; only what
// makes every further trial pointless ends the run (docs/rules.md#retry).
import { rm } from 'node:fs/promises'
import { AppError, errorData, type ErrorCode, type ErrorData } from '@shared/errors'
import { fitnessFigure, fitnessText } from '@shared/evaluators/fitness-text'
import { fitnessReading } from '@shared/evaluators/registry'
import type { Activity } from '@shared/search/activity'
import { epochShare } from '@shared/search/rung-images'
import { climbs, halvingOf, rungOf } from '@shared/search/rungs'
import { addUsage, type TrialUsage } from '@shared/search/usage'
import { typed } from '@node/command-line'
import { childController } from '@node/cancel'
import { checkpointFolder } from '../evaluators/training/training'
import type { Evaluation, EvaluationHooks, MeasuredCompute } from '../evaluators/evaluator'
import { hasLostCompute } from '../executors/memory-kills'
import { updateRun } from '../storage/runs'
import type { Writer } from '../storage/schema'
import { copyEpochs, dropEpochsAfter, putEpoch } from '../storage/epochs'
import {
  getTrial,
  getTrialDocument,
  listTrials,
  updateTrial,
  type TrialChange,
  type TrialRecord,
} from '../storage/trials'
import { reachRung } from './halving'
import { journal, type RunContext } from './run-context'

/** The first attempt and two more (docs/rules.md#retry). */
export const MAX_ATTEMPTS = 3

/** Unexpected failures in a row, with nothing finished, after which more trials would only burn the budget. Chosen by us. */
const MAX_INTERNAL_FAILURES = 3

/** Failures that the next trial would meet as well. */
const ENDS_RUN: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'dataset-missing',
  'dataset-damaged',
  'runtime-missing',
  'storage-failed',
  'storage-damaged',
  'read-only',
])

/** Why a trial failed that a person has ended. */
export const ENDED_BY_HAND: ErrorData = {
  code: 'cancelled',
  message: 'It was ended by hand.',
  fix: 'The search goes on without it.',
}

/** What a trial has taken so far, over all its attempts, and on what. */
type Taken = Required<Pick<TrialChange, 'device' | 'usage'>> & { readonly seconds: number }

/**
 * Runs a trial to its end, or until the run lets go.
 * @throws AppError what ends the whole run; the trial then waits for the run to go on.
 */
export async function runTrial(context: RunContext, trial: TrialRecord): Promise<void> {
  const { store, run, live, control, prepared } = context
  const document = await getTrialDocument(store.db, trial.id)
  let before: Taken = { seconds: trial.seconds ?? 0, device: trial.device, usage: trial.usage }
  for (let attempt = trial.attempt; ; attempt++) {
    const begun = performance.now()
    const earlier = before
    let compute: MeasuredCompute | undefined
    const seconds = (): number => earlier.seconds + (performance.now() - begun) / 1000
    const usage = (): TrialUsage | null => addUsage(earlier.usage, compute?.usage() ?? null)
    const taken = (): Taken => ({ seconds: seconds(), device: compute?.device || earlier.device, usage: usage() })
    const hooks = hooksOf(context, trial, (measured) => (compute = measured))
    const { controller, release } = childController(control.signal)
    let isEndedByHand = false
    live.ends.set(trial.id, () => {
      isEndedByHand = true
      controller.abort()
    })
    live.clocks.set(trial.id, seconds)
    live.usages.set(trial.id, usage)
    try {
      if (!(await begin(context, trial, attempt))) return
      const evaluation = await prepared.evaluator.evaluate(trial, document, hooks, controller.signal)
      if (evaluation.type === 'held') await putBack(context, trial, taken())
      else if (evaluation.type === 'reached') await reachRung(context, trial, evaluation, taken())
      else await finish(context, trial, evaluation, taken())
      return
    } catch (thrown) {
      const error = errorData(thrown)
      if (isEndedByHand && !control.signal.aborted) {
        await fail(context, trial, ENDED_BY_HAND, taken())
        return
      }
      // A cancellation nobody here asked for is a failure like any other: left waiting, the trial would never be seen again.
      if (control.signal.aborted || (error.code === 'cancelled' && control.isEnding)) {
        if (control.reason !== 'stop') await putBack(context, trial, taken())
        return
      }
      if (ENDS_RUN.has(error.code)) throw thrown
      if (!hasLostCompute(thrown) || attempt >= MAX_ATTEMPTS) {
        await fail(context, trial, error, taken())
        await refuseBroken(context, error)
        return
      }
      before = taken()
      const message = `Trial ${trial.number}: ${error.message} It goes on from its last checkpoint (attempt ${attempt + 1} of ${MAX_ATTEMPTS}).`
      await journal(context, { level: 'warning', message, trialId: trial.id }, (writer) =>
        updateTrial(writer, trial.id, { attempt: attempt + 1, ...before }),
      )
      if (control.isEnding) {
        await putBack(context, trial, before)
        return
      }
    } finally {
      release()
      live.ends.delete(trial.id)
      live.activities.delete(trial.id)
      live.clocks.delete(trial.id)
      live.usages.delete(trial.id)
      context.updates.touch(run.id)
    }
  }
}

/** @returns false where it was ended by hand while it waited: it has its end, and nothing may train */
async function begin(context: RunContext, trial: TrialRecord, attempt: number): Promise<boolean> {
  let isThere = true
  await journal(
    context,
    null,
    async (writer) => {
      isThere = (await getTrial(writer, trial.id)).state !== 'failed'
      if (!isThere) return
      await updateTrial(writer, trial.id, {
        state: 'running',
        attempt,
        ...(trial.startedAt === null && { startedAt: new Date().toISOString() }),
      })
    },
    [trial.id],
  )
  return isThere
}

/**
 * Gives a trial the result of an earlier one with the same key.
 * @returns false when that one has been removed since it was found, or its weights are not what was trained; true also where the trial
 *   was ended by hand meanwhile, which stands
 */
export async function reuseResult(context: RunContext, trial: TrialRecord, earlier: TrialRecord): Promise<boolean> {
  const { weightsSha256 } = earlier
  if (weightsSha256 !== null && !(await context.artefacts.isWhole(weightsSha256))) {
    const message = `The stored weights of trial ${earlier.number}, the same architecture, are missing or damaged: trial ${trial.number} is trained anew.`
    await journal(context, { level: 'warning', message, trialId: trial.id }, () => Promise.resolve(), [trial.id])
    return false
  }
  const isSameRun = earlier.runId === trial.runId
  const where = isSameRun ? `trial ${earlier.number}` : `trial ${earlier.number} of an earlier search`
  const now = new Date().toISOString()
  const error: ErrorData | undefined =
    earlier.state === 'failed' && earlier.error !== null
      ? { ...earlier.error, message: `The same architecture failed as ${where}: ${earlier.error.message}` }
      : undefined
  const message = `Trial ${trial.number} is the same architecture as ${where}; its result is reused.`
  let isThere = true
  await journal(
    context,
    { message, trialId: trial.id },
    async (writer) => {
      if ((await getTrial(writer, trial.id)).state === 'failed') throw new AppError('conflict', ENDED_BY_HAND.message)
      // Its run may have been removed, and its weights with it.
      await getTrial(writer, earlier.id)
      await copyEpochs(writer, earlier.id, trial.id)
      await updateTrial(writer, trial.id, {
        state: earlier.state,
        reusedFrom: earlier.id,
        startedAt: now,
        finishedAt: now,
        seconds: 0,
        bestEpoch: earlier.bestEpoch,
        // What was worked out for this search stands: another one may have had other batches.
        costs: isSameRun ? { ...trial.costs, ...earlier.costs } : { ...earlier.costs, ...trial.costs },
        weightsSha256: earlier.weightsSha256,
        ...(earlier.fitness !== null && { fitness: earlier.fitness }),
        ...(error !== undefined && { error }),
      })
      if (earlier.weightsSha256 !== null) {
        const weights = { sha256: earlier.weightsSha256, kind: 'weights', sizeBytes: 0 }
        await context.artefacts.refer(writer, weights, `trial:${trial.id}`)
      }
    },
    [trial.id],
  ).catch((thrown: unknown) => {
    if (!(thrown instanceof AppError) || !(thrown.code === 'not-found' || thrown.code === 'conflict')) throw thrown
    isThere = thrown.code === 'conflict'
  })
  return isThere
}

function hooksOf(context: RunContext, trial: TrialRecord, onCompute: EvaluationHooks['onCompute']): EvaluationHooks {
  const { live, run, control, updates } = context
  let stepsPerEpoch = 1
  let compute = 0
  let loss: number | null = null
  const halving = climbs(trial) ? halvingOf(run.definition) : null
  const rung = halving === null ? 0 : rungOf(halving, trial)
  const epochs = halving?.epochs[rung] ?? run.definition.recipe.epochs
  const share = halving === null ? 1 : epochShare(halving, rung)
  const show = (epoch: number, step: number, validation: Activity['validation'] = null): void => {
    live.activities.set(trial.id, {
      trialId: trial.id,
      trialNumber: trial.number,
      compute,
      epoch: Math.min(epoch, epochs),
      epochs,
      step,
      stepsPerEpoch,
      validation,
      loss,
    })
    updates.touch(run.id)
  }
  return {
    onCompute,
    onStarted: async (start) => {
      compute = start.compute
      stepsPerEpoch = start.stepsPerEpoch
      loss = null
      show(start.resumedFromEpoch + 1, 0)
      const line =
        start.notice === null
          ? null
          : { level: 'warning' as const, message: `Trial ${trial.number}: ${start.notice}`, trialId: trial.id }
      const keep = async (writer: Writer): Promise<void> => {
        await dropEpochsAfter(writer, trial.id, start.resumedFromEpoch)
        const { inherited } = start
        if (inherited === undefined) return
        const { fidelity } = await getTrial(writer, trial.id)
        await updateTrial(writer, trial.id, { fidelity: { ...fidelity, inherited } })
      }
      await journal(context, line, keep, [trial.id])
    },
    onStep: (told) => {
      loss = told.loss
      show(told.epoch, told.step)
    },
    // Its steps are done, though the last of them may not have been told.
    onValidation: ({ epoch, images, of }) => show(epoch, stepsPerEpoch, { images, of }),
    onNotice: (message) =>
      journal(
        context,
        { level: 'warning', message: `Trial ${trial.number}: ${message}`, trialId: trial.id },
        () => Promise.resolve(),
        [trial.id],
      ),
    onEpoch: async (epoch) => {
      loss = epoch.trainLoss
      show(epoch.epoch + 1, 0)
      await journal(
        context,
        null,
        async (writer) => {
          await putEpoch(writer, trial.id, epoch, share)
          await updateRun(writer, run.id, { seconds: live.seconds() })
        },
        [trial.id],
      )
    },
    shouldHold: () => control.isEnding,
  }
}

/** Back to waiting; its checkpoint stays and it goes on from there. */
async function putBack(context: RunContext, trial: TrialRecord, taken: Taken): Promise<void> {
  await journal(context, null, (writer) => updateTrial(writer, trial.id, { state: 'waiting', ...taken }), [trial.id])
}

async function finish(
  context: RunContext,
  trial: TrialRecord,
  result: Extract<Evaluation, { type: 'finished' }>,
  taken: Taken,
): Promise<void> {
  const { artefacts, live, run } = context
  // JSON, which costs are stored as, would make nothing of what is no number.
  for (const [name, value] of Object.entries({ fitness: result.fitness, ...result.costs }))
    if (!Number.isFinite(value)) throw new AppError('internal', `A number was expected as ${name}, received ${value}.`)
  // The file is on the disk before the row that names it.
  const weights = result.weights && (await artefacts.adopt('weights', result.weights.file, result.weights.sha256))
  const reading = fitnessReading(run.definition)
  const { endedEarly } = result
  const short =
    endedEarly === undefined
      ? ''
      : ` It was ended early after ${endedEarly.epochs} epochs, below the median ${fitnessFigure(reading, endedEarly.bound, 2)} of the others.`
  const message = `Trial ${trial.number} finished: ${fitnessText(reading, result.fitness, 2)} after ${taken.seconds.toFixed(0)} s.${short}`
  await journal(
    context,
    { message, trialId: trial.id },
    async (writer) => {
      // Those of a rung before.
      await artefacts.release(writer, `trial:${trial.id}`)
      if (weights) await artefacts.refer(writer, weights, `trial:${trial.id}`)
      await updateTrial(writer, trial.id, {
        state: 'finished',
        fitness: result.fitness,
        bestEpoch: result.bestEpoch,
        costs: { ...trial.costs, ...result.costs },
        weightsSha256: weights?.sha256 ?? null,
        ...(endedEarly !== undefined && { fidelity: { ...(await getTrial(writer, trial.id)).fidelity, endedEarly } }),
        finishedAt: new Date().toISOString(),
        ...taken,
      })
      await updateRun(writer, run.id, { seconds: live.seconds() })
    },
    [trial.id],
  )
  await removeCheckpoints(context, trial)
}

/** What happened and what to do about it. */
const textOf = ({ message, fix }: ErrorData): string => (fix === undefined ? message : `${message} ${fix}`)

async function fail(context: RunContext, trial: TrialRecord, error: ErrorData, taken: Taken): Promise<void> {
  await journal(
    context,
    { level: 'warning', message: `Trial ${trial.number} failed: ${textOf(error)}`, trialId: trial.id },
    async (writer) => {
      await updateTrial(writer, trial.id, { state: 'failed', error, finishedAt: new Date().toISOString(), ...taken })
      await updateRun(writer, context.run.id, { seconds: context.live.seconds() })
    },
    [trial.id],
  )
  await removeCheckpoints(context, trial)
}

/**
 * Ends a run in which nothing has ever worked: a broken installation would fail every trial of the budget the same way.
 * @throws AppError `internal` with the last trial's reason
 */
async function refuseBroken({ store, live, run }: RunContext, error: ErrorData): Promise<void> {
  live.internalFailures = error.code === 'internal' ? live.internalFailures + 1 : 0
  if (live.internalFailures < MAX_INTERNAL_FAILURES) return
  const trials = await listTrials(store.db, run.id)
  if (trials.some(({ state }) => state === 'finished')) return
  throw new AppError(
    'internal',
    `The first ${live.internalFailures} trials all failed by a fault of the program or its installation: ${error.message}`,
    error.fix ?? `Run "${typed('doctor')}"; the search can go on once the cause is mended.`,
  )
}

async function removeCheckpoints({ store }: RunContext, trial: TrialRecord): Promise<void> {
  await rm(checkpointFolder(store.folders.checkpoints, trial.id), { recursive: true, force: true })
}
