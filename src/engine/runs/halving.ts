// Successive halving in a run (decision 161): a trial that has reached its rung is stored with what it has and waits; among the best share
// of its rung it is promoted and trains on from its checkpoint; at the end of its generation, or of the run, what still waits ends with
// the result of its last rung. Each of the three is one transaction with its event. Where the next rung has other images it begins anew
// there (decision 191), and its curve so far is put aside.
import { copyFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { fitnessText } from '@shared/evaluators/fitness-text'
import { fitnessReading } from '@shared/evaluators/registry'
import { beginsAnew, legOf, rungText } from '@shared/search/rung-images'
import { halvingOf, isHeld, promotable, rungOf, type Halving } from '@shared/search/rungs'
import type { Evaluation } from '../evaluators/evaluator'
import { rungFolder } from '../evaluators/training/legs'
import { checkpointFolder } from '../evaluators/training/training'
import { leaveEpochs, returnToEpochs } from '../storage/epochs'
import { addJournal } from '../storage/journal'
import { getRun } from '../storage/runs'
import type { Writer } from '../storage/schema'
import { getTrial, listTrials, updateTrial, type TrialChange, type TrialRecord } from '../storage/trials'
import { journal, type RunContext } from './run-context'

/**
 * Stores that a trial has reached its rung, with the weights it has there; it waits again.
 * @param taken of the machine so far
 */
export async function reachRung(
  context: RunContext,
  trial: TrialRecord,
  reached: Extract<Evaluation, { type: 'reached' }>,
  taken: TrialChange,
): Promise<void> {
  const { artefacts, run } = context
  const { epochs, fitness, bestEpoch, weights } = reached
  // A copy: the checkpoint that it goes on from names the file.
  const copy = path.join(path.dirname(weights.file), `rung-${trial.id}.weights`)
  await copyFile(weights.file, copy)
  const stored = await artefacts.adopt('weights', copy, weights.sha256)
  const figure = fitnessText(fitnessReading(run.definition), fitness, 2)
  const halving = halvingOf(run.definition)
  const at = halving === null ? 0 : rungOf(halving, trial)
  const of = halving === null ? `${epochs} epochs` : rungText(halving, at)
  const message = `Trial ${trial.number} reached its rung of ${of}: ${figure}.`
  await journal(
    context,
    { message, trialId: trial.id },
    async (writer) => {
      const { fidelity } = await getTrial(writer, trial.id)
      const rung = fidelity.rungs.length
      const others = await listTrials(writer, run.id)
      const place = 1 + others.filter((other) => other.fidelity.rungs.length > rung).length
      const rungs = [...fidelity.rungs, { epochs, fitness, place, promotedAmong: null }]
      await artefacts.release(writer, `trial:${trial.id}`)
      await artefacts.refer(writer, stored, `trial:${trial.id}`)
      await updateTrial(writer, trial.id, {
        ...taken,
        state: 'waiting',
        bestEpoch,
        weightsSha256: stored.sha256,
        fidelity: { ...fidelity, rungs },
      })
    },
    [trial.id],
  )
  // Its next rung is another training, from a random start: nothing goes on from these.
  if (halving !== null && beginsAnew(halving, at + 1))
    await rm(rungFolder(checkpointFolder(context.store.folders.checkpoints, trial.id), halving, at), {
      recursive: true,
      force: true,
    })
}

/** Promotes the trial whose turn it is. @returns it, waiting to train on; undefined where none is among its best share */
export async function promoteNext(context: RunContext): Promise<TrialRecord | undefined> {
  const { store, run, updates } = context
  const halving = halvingOf(run.definition)
  if (halving === null) return undefined
  const promoted = await store.write((writer) => promote(writer, run.id, halving))
  if (promoted !== undefined) updates.touch(run.id, [promoted.id])
  return promoted
}

async function promote(writer: Writer, runId: string, halving: Halving): Promise<TrialRecord | undefined> {
  const trials = await listTrials(writer, runId)
  const next = promotable(halving, trials)
  const newest = next?.fidelity.rungs.at(-1)
  if (next === undefined || newest === undefined) return undefined
  const at = next.fidelity.rungs.length
  const among = trials.filter(({ fidelity }) => fidelity.rungs.length >= at).length
  const rungs = [...next.fidelity.rungs.slice(0, -1), { ...newest, promotedAmong: among }]
  await updateTrial(writer, next.id, { fidelity: { ...next.fidelity, rungs } })
  const promoted = await getTrial(writer, next.id)
  const target = rungOf(halving, promoted)
  const isAnew = beginsAnew(halving, target)
  if (isAnew) await leaveEpochs(writer, next.id, legOf(halving, target - 1))
  const to = isAnew ? `${rungText(halving, target)}, anew` : rungText(halving, target)
  const after = isAnew ? rungText(halving, target - 1) : newest.epochs
  const message = `Trial ${next.number} is promoted to ${to}: it is among the best 1 of ${halving.eta} of ${among} after ${after}.`
  await addJournal(writer, runId, 'info', message, next.id)
  return promoted
}

/**
 * Ends what has reached a rung and waits, with the result of that rung. Inside the transaction of whoever ends a generation or a run.
 * @returns their ids
 */
export async function settleRungs(writer: Writer, runId: string): Promise<number[]> {
  const halving = halvingOf((await getRun(writer, runId)).definition)
  const waiting = (await listTrials(writer, runId)).filter(
    ({ state, fidelity }) => state === 'waiting' && fidelity.rungs.length > 0,
  )
  for (const trial of waiting) {
    const isBrokenOff = halving !== null && (await takeBack(writer, trial, halving))
    await updateTrial(writer, trial.id, {
      state: 'finished',
      fitness: trial.fidelity.rungs.at(-1)!.fitness,
      finishedAt: new Date().toISOString(),
      ...(isBrokenOff && { fidelity: { ...trial.fidelity, brokenOff: true } }),
    })
  }
  if (waiting.length > 0) {
    const held = waiting.length === 1 ? '1 trial ends' : `${waiting.length} trials end`
    await addJournal(writer, runId, 'info', `${held} with the result of the last rung: not promoted.`)
  }
  return waiting.map(({ id }) => id)
}

/** Shows the curve of the last rung again, where a promoted trial has begun anew for another one. @returns whether it had */
async function takeBack(writer: Writer, trial: TrialRecord, halving: Halving): Promise<boolean> {
  const target = rungOf(halving, trial)
  if (isHeld(trial) || !beginsAnew(halving, target)) return false
  await leaveEpochs(writer, trial.id, legOf(halving, target))
  await returnToEpochs(writer, trial.id, legOf(halving, target - 1))
  return true
}

/** The end of a generation: no trial waits but for a promotion that does not come. */
export async function endGeneration({ store, run, updates }: RunContext): Promise<void> {
  const settled = await store.write((writer) => settleRungs(writer, run.id))
  updates.touch(run.id, settled)
  for (const id of settled) await rm(checkpointFolder(store.folders.checkpoints, id), { recursive: true, force: true })
}

/** What the queue passes over: trials that wait for a promotion, and repeats of them. */
export function heldBack(trials: readonly TrialRecord[]): {
  readonly ids: ReadonlySet<number>
  readonly keys: ReadonlySet<string>
} {
  const held = trials.filter(isHeld)
  return { ids: new Set(held.map(({ id }) => id)), keys: new Set(held.map(({ evaluationKey }) => evaluationKey)) }
}
