// Rows of epochs: the curve of each trial, stored as it is trained.
import type { Epoch, Trial } from '@shared/search/trial'
import type { Reader, Writer } from './schema'
import type { TrialRecord } from './trials'

/** Stores one epoch; the same epoch trained again after a resume replaces the older row. */
export async function putEpoch(writer: Writer, trialId: number, epoch: Epoch): Promise<void> {
  const row = {
    trial_id: trialId,
    epoch: epoch.epoch,
    learning_rate: epoch.learningRate,
    train_loss: epoch.trainLoss,
    train_accuracy: epoch.trainAccuracy,
    validation_loss: epoch.validationLoss,
    validation_accuracy: epoch.validationAccuracy,
    seconds: epoch.seconds,
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

/** Epochs of a run's trials that were trained, not taken over from another trial. */
export async function countTrainedEpochs(db: Reader, runId: string): Promise<number> {
  return (await trainedEpochs(db, runId).executeTakeFirstOrThrow()).count
}

/** As `countTrainedEpochs`, of trials that have a result. */
export async function countEpochsOfEnded(db: Reader, runId: string): Promise<number> {
  const ended = trainedEpochs(db, runId).where('trials.state', 'in', ['finished', 'failed'])
  return (await ended.executeTakeFirstOrThrow()).count
}

export async function countEpochs(db: Reader, trialId: number): Promise<number> {
  const counted = db.selectFrom('epochs').select(({ fn }) => fn.countAll<number>().as('count'))
  return (await counted.where('trial_id', '=', trialId).executeTakeFirstOrThrow()).count
}

const trainedEpochs = (db: Reader, runId: string) =>
  db
    .selectFrom('epochs')
    .innerJoin('trials', 'trials.id', 'epochs.trial_id')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('trials.run_id', '=', runId)
    .where('trials.reused_from', 'is', null)

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
