// The epochs of one training, told as events: steps, validation, checkpoints, early stopping. What can be known before the
// first step is prepare.ts's; opening and closing what it works with is train.ts's.
import { join } from 'node:path'
import type { TrainEvent, TrainJob } from '@shared/contract/compute'
import type { Epoch } from '@shared/search/trial'
import { writeBest, writeCheckpoint, type Best, type Progress } from './checkpoint'
import { refuseDivergedStep, refuseDivergedValidation } from './divergence'
import { evaluateAll, evaluationBatchFor, type EvaluationSummary } from './evaluation'
import type { LeakGuard } from './leak-guard'
import type { Clock, Limits } from './limits'
import { epochOrder, stepSeed, stepsPerEpoch } from './order'
import type { Preparation } from './prepare'
import { learningRateAt } from './schedule'
import type { TrainingSession } from './session'

/** At most ten step events a second reach the window (docs/rules.md#ten-updates-a-second). */
const STEP_EVENT_INTERVAL_MS = 100

export interface TrainingParts {
  readonly job: TrainJob
  readonly prepared: Preparation
  /** Made for the job; stays the caller's, as the prepared data does. */
  readonly session: TrainingSession
  readonly limits: Limits
  readonly clock: Clock
  readonly leaks: LeakGuard
}

type TrainedEpoch = Pick<Epoch, 'learningRate' | 'trainLoss' | 'trainAccuracy'>

export class Training {
  private readonly stepsPerEpoch: number
  private progress: Progress | null

  constructor(private readonly parts: TrainingParts) {
    const { trainCount, batchSize, checkpoint } = parts.prepared
    this.stepsPerEpoch = stepsPerEpoch(trainCount, batchSize)
    this.progress = checkpoint?.progress ?? null
  }

  /**
   * The epochs that the checkpoint lacks, and the result.
   * @throws AppError `diverged`, `out-of-memory`, `dataset-damaged`, `storage-failed`, and what the limits throw
   */
  async *events(): AsyncGenerator<TrainEvent, void, undefined> {
    const { job, prepared, session } = this.parts
    if (prepared.checkpoint) session.writeState(prepared.checkpoint.state)
    while (!this.isDone()) yield* this.epoch((this.progress?.epochs.length ?? 0) + 1)
    const { best } = this.progress!
    yield {
      type: 'finished',
      lease: job.lease,
      bestEpoch: best.epoch,
      fitness: best.accuracy,
      weights: join(job.checkpointFolder, best.file),
      sha256: best.sha256,
    }
  }

  /** All epochs trained, or stopped early (Prechelt 1998): as many without a better one as the recipe has patience for. */
  private isDone(): boolean {
    if (this.progress === null) return false
    const { recipe, untilEpoch = Infinity, endBelow } = this.parts.job
    const { epochs, patience } = recipe
    const trained = this.progress.epochs.length
    const bound = endBelow?.[trained - 1] ?? -Infinity
    if (this.progress.best.accuracy < bound) return true
    return (
      trained >= Math.min(epochs, untilEpoch) || (patience !== null && trained - this.progress.best.epoch >= patience)
    )
  }

  private async *epoch(number: number): AsyncGenerator<TrainEvent, void, undefined> {
    const { job, prepared, clock, leaks } = this.parts
    const { lease } = job
    const startedAt = clock.now()
    const trained = yield* this.trainEpoch(number)
    const { loss, accuracy } = yield* this.validate(number)
    const { learningRate } = job.recipe
    refuseDivergedValidation(loss, trained.trainLoss, prepared.network.classes, { epoch: number, learningRate })
    const epoch: Epoch = {
      epoch: number,
      ...trained,
      validationLoss: loss,
      validationAccuracy: accuracy,
      seconds: (clock.now() - startedAt) / 1000,
    }
    this.progress = await this.store(epoch)
    yield { type: 'epoch', lease, epoch }
    const message = leaks.check()
    if (message !== null) yield { type: 'notice', lease, message }
  }

  private async *trainEpoch(number: number): AsyncGenerator<TrainEvent, TrainedEpoch, undefined> {
    const { job, prepared, session, limits, clock } = this.parts
    const { recipe, seed, lease } = job
    const { data, trainCount, batchSize } = prepared
    const { stepsPerEpoch: steps } = this
    const order = epochOrder(trainCount, seed, number).subarray(0, steps * batchSize)
    const total = { loss: 0, accuracy: 0 }
    let learningRate = 0
    let toldAt = -Infinity
    let step = 0
    for await (const batch of data.batches(order, batchSize)) {
      const before = (number - 1) * steps + step
      learningRate = learningRateAt(recipe, before, steps * recipe.epochs)
      const { loss, accuracy } = session.step(batch, learningRate, stepSeed(seed, number, step), before)
      step++
      refuseDivergedStep(loss, { epoch: number, step, learningRate: recipe.learningRate })
      total.loss += loss
      total.accuracy += accuracy
      await limits.check()
      if (clock.now() - toldAt < STEP_EVENT_INTERVAL_MS) continue
      toldAt = clock.now()
      yield { type: 'step', lease, epoch: number, step, loss }
    }
    return { learningRate, trainLoss: total.loss / steps, trainAccuracy: total.accuracy / steps }
  }

  private async *validate(number: number): AsyncGenerator<TrainEvent, EvaluationSummary, undefined> {
    const { job, prepared, session, limits, clock } = this.parts
    const { data, trainCount } = prepared
    const of = data.count - trainCount
    const positions = Int32Array.from({ length: of }, (_, i) => trainCount + i)
    const batchSize = evaluationBatchOf(prepared)
    const batches = evaluateAll({ session, data, positions, batchSize, afterBatch: () => limits.check() })
    let toldAt = clock.now()
    for (;;) {
      const next = await batches.next()
      if (next.done) return next.value
      if (clock.now() - toldAt < STEP_EVENT_INTERVAL_MS) continue
      toldAt = clock.now()
      yield { type: 'validation', lease: job.lease, epoch: number, images: next.value, of }
    }
  }

  /** Best weights first, then the checkpoint that names them: a crash between the two costs nothing. */
  private async store(epoch: Epoch): Promise<Progress> {
    const { job, prepared, session, limits } = this.parts
    const { checkpointFolder } = job
    const { identity, batchSize, normalisation, network } = prepared
    const seconds = limits.seconds()
    let best: Best | null = this.progress?.best ?? null
    if (best === null || job.keep === 'last' || epoch.validationAccuracy > best.accuracy) {
      const meta = { format: 'gptnas-weights/1', epoch: epoch.epoch, classes: network.classes, ...normalisation }
      const weights = session.readWeights()
      best = await writeBest(checkpointFolder, {
        epoch: epoch.epoch,
        accuracy: epoch.validationAccuracy,
        meta,
        weights,
      })
    }
    const epochs = [...(this.progress?.epochs ?? []), epoch]
    const progress: Progress = { identity, batchSize, seconds, epochs, best }
    await writeCheckpoint(checkpointFolder, progress, session.readState(), job.keep)
    return progress
  }
}

/** Images of one step of evaluation: no more than there are for validation. */
export const evaluationBatchOf = ({ data, trainCount, batchSize }: Preparation): number =>
  Math.min(data.count - trainCount, evaluationBatchFor(batchSize))
