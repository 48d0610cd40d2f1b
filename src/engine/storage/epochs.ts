// Rows of epochs: the curve of each trial, stored as it is trained.
import { sql } from 'kysely'
import type { Epoch, Trial } from '@shared/search/trial'
import type { Reader, Writer } from './schema'
import type { TrialRecord } from './trials'

/**
 * Stores one epoch; the same epoch trained again after a resume replaces the older row.
 * @param share what it took of an epoch on all images at their whole size
 */
export async function putEpoch(writer: Writer, trialId: number, epoch: Epoch, share = 1): Promise<void> {
  const row = {
    trial_id: trialId,
    epoch: epoch.epoch,
    learning_rate: epoch.learningRate,
    train_loss: epoch.trainLoss,
    train_accuracy: epoch.trainAccuracy,
    validation_loss: epoch.validationLoss,
    validation_accuracy: epoch.validationAccuracy,
    seconds: epoch.seconds,
    share,
  }
  await writer
    .insertInto('epochs')
    .values(row)
    .onConflict((conflict) => conflict.columns(['trial_id', 'epoch']).doUpdateSet(row))
    .execute()
}

/** Drops epochs after `epoch`: their checkpoint is gone and they will be trained again. */
export async function dropEpochsAfter(writer: Writer, trialId: number, epoch: number): Promise<void> {
  await writer.deleteFrom('epochs').where('trial_id', '=', trialId).where('epoch', '>', epoch).execute()
}

/** Whole epochs of a run's trials that were trained, not taken over from another trial: one on fewer or smaller images counts in part. */
export async function countTrainedEpochs(db: Reader, runId: string): Promise<number> {
  return sumOf(db, (query) => query.where('trials.run_id', '=', runId))
}

/** As `countTrainedEpochs`, of trials that have a result. */
export async function countEpochsOfEnded(db: Reader, runId: string): Promise<number> {
  return sumOf(db, (query) =>
    query.where('trials.run_id', '=', runId).where('trials.state', 'in', ['finished', 'failed']),
  )
}

/** Whole epochs of one trial, over all its trainings. */
export async function countEpochs(db: Reader, trialId: number): Promise<number> {
  return sumOf(db, (query) => query.where('trials.id', '=', trialId))
}

type Trained = ReturnType<typeof trainedEpochs>

const trainedEpochs = (db: Reader, table: 'epochs' | 'left_epochs') =>
  db
    .selectFrom(table)
    .innerJoin('trials', 'trials.id', `${table}.trial_id`)
    .select(({ fn }) => fn.sum<number | null>('share').as('sum'))
    .where('trials.reused_from', 'is', null)

/** Of what is shown of trials and of what they have left. */
async function sumOf(db: Reader, only: (query: Trained) => Trained): Promise<number> {
  const now = await only(trainedEpochs(db, 'epochs')).executeTakeFirstOrThrow()
  const left = await only(trainedEpochs(db, 'left_epochs')).executeTakeFirstOrThrow()
  return (now.sum ?? 0) + (left.sum ?? 0)
}

const CURVE = [
  ...(['trial_id', 'epoch', 'learning_rate', 'train_loss', 'train_accuracy'] as const),
  ...(['validation_loss', 'validation_accuracy', 'seconds', 'share'] as const),
] as const

/** Puts the curve of a trial aside as that of its training `leg`: it begins anew, or its result is of another one. */
export async function leaveEpochs(writer: Writer, trialId: number, leg: number): Promise<void> {
  await writer
    .insertInto('left_epochs')
    .columns(['leg', ...CURVE])
    .expression((eb) =>
      eb
        .selectFrom('epochs')
        .select([sql.lit(leg).as('leg'), ...CURVE])
        .where('trial_id', '=', trialId),
    )
    .execute()
  await writer.deleteFrom('epochs').where('trial_id', '=', trialId).execute()
}

/** Makes the curve of an earlier training of a trial the one that is shown again; there is no other. */
export async function returnToEpochs(writer: Writer, trialId: number, leg: number): Promise<void> {
  await writer
    .insertInto('epochs')
    .columns([...CURVE])
    .expression((eb) =>
      eb
        .selectFrom('left_epochs')
        .select([...CURVE])
        .where('trial_id', '=', trialId)
        .where('leg', '=', leg),
    )
    .execute()
  await writer.deleteFrom('left_epochs').where('trial_id', '=', trialId).where('leg', '=', leg).execute()
}

/** Validation accuracy by epoch of a training that trials have left, by trial id; trials without one are not in it. */
export async function readLeftCurves(db: Reader, runId: string, leg: number): Promise<Map<number, number[]>> {
  const rows = await db
    .selectFrom('left_epochs')
    .innerJoin('trials', 'trials.id', 'left_epochs.trial_id')
    .select(['trial_id', 'validation_accuracy'])
    .where('trials.run_id', '=', runId)
    .where('leg', '=', leg)
    .orderBy('trial_id')
    .orderBy('epoch')
    .execute()
  const curves = new Map<number, number[]>()
  for (const { trial_id: id, validation_accuracy: accuracy } of rows)
    curves.set(id, [...(curves.get(id) ?? []), accuracy])
  return curves
}

/** Copies the epochs of one trial to another that reuses its result. */
export async function copyEpochs(writer: Writer, from: number, to: number): Promise<void> {
  for (const epoch of (await readEpochs(writer, [from])).get(from) ?? []) await putEpoch(writer, to, epoch)
}

/** Epochs of several trials, ascending, by trial id. */
export async function readEpochs(db: Reader | Writer, trialIds: readonly number[]): Promise<Map<number, Epoch[]>> {
  const byTrial = new Map<number, Epoch[]>(trialIds.map((id) => [id, []]))
  // SQLite takes a bounded number of parameters in one statement (32,766 by default); this stays well below.
  const BATCH = 500
  for (let start = 0; start < trialIds.length; start += BATCH) {
    const rows = await db
      .selectFrom('epochs')
      .selectAll()
      .where('trial_id', 'in', trialIds.slice(start, start + BATCH))
      .orderBy('trial_id')
      .orderBy('epoch')
      .execute()
    for (const row of rows) {
      byTrial.get(row.trial_id)?.push({
        epoch: row.epoch,
        learningRate: row.learning_rate,
        trainLoss: row.train_loss,
        trainAccuracy: row.train_accuracy,
        validationLoss: row.validation_loss,
        validationAccuracy: row.validation_accuracy,
        seconds: row.seconds,
      })
    }
  }
  return byTrial
}

/** Trials with their epochs, as the contract shows them. */
export async function withEpochs(db: Reader, records: readonly TrialRecord[]): Promise<Trial[]> {
  const epochs = await readEpochs(
    db,
    records.map(({ id }) => id),
  )
  return records.map(({ evaluationKey: _key, bestEpoch: _best, weightsSha256: _weights, ...trial }) => ({
    ...trial,
    epochs: epochs.get(trial.id) ?? [],
  }))
}
