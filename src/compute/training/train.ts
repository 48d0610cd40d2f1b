// The training of one candidate as a stream of events: epochs, validation, checkpoints, limits. The network, the session
// and the files are others' business.
import { join } from 'node:path'
import type { TrainEvent, TrainJob } from '@shared/contract/compute'
import { AppError } from '@shared/errors'
import type { Epoch } from '@shared/search/trial'
import { LeakGuard } from './leak-guard'
import { writeBest, writeCheckpoint, type Best, type Progress } from './checkpoint'
import { evaluateAll, evaluationBatchFor, type EvaluationSummary } from './evaluation'
import { availableMemory } from './memory'
import { epochOrder, stepSeed, stepsPerEpoch } from './order'
import { mayHalve, outOfMemory, prepare, type Preparation } from './prepare'
import { learningRateAt } from './schedule'
import { createSession, type TrainingSession } from './session'
import type { TrainingData } from '../data/training-data'

export interface TrainOptions {
  /** Stops after the step under way; the last checkpoint stays. */
  readonly signal?: AbortSignal | undefined
  /** Bytes available to this process. */
  readonly memory?: () => Promise<number>
  /** Most bytes of images in memory; more are read as training goes. By default what the environment or the machine says. */
  readonly imageMemory?: number
  /** Milliseconds; replaced in tests. */
  readonly now?: () => number
  /** Replaced in tests, where TensorFlow is to run out of memory. */
  readonly openSession?: typeof createSession
  /** Replaced in tests, where the process is to grow. */
  readonly leakGuard?: LeakGuard
}

/** At most ten step events a second reach the window (design: Processes). */
const STEP_EVENT_INTERVAL_MS = 100

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/**
 * Trains `job` from its newest whole checkpoint. On a resumption the epochs already trained are told again first, so
 * that an event lost with its receiver is not lost for good. A second `started` follows when TensorFlow itself runs out
 * of memory and training goes on with half the batch.
 * @throws AppError `diverged`, `out-of-memory`, `time-limit`, `cancelled`, `dataset-damaged`, `invalid-architecture`
 */
export async function* train(job: TrainJob, options: TrainOptions = {}): AsyncGenerator<TrainEvent, void, undefined> {
  const now = options.now ?? (() => performance.now())
  const clock = { now, startedAt: now() }
  const prepared = await prepare(job, options)
  try {
    yield* trainAndClose(job, prepared, options, clock)
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== 'out-of-memory') throw thrown
    if (prepared.batchSize === 1 || !mayHalve(job)) throw thrown
    const half = await prepare(job, options)
    const batchSize = Math.floor(prepared.batchSize / 2)
    const notice = `TensorFlow ran out of memory with batches of ${prepared.batchSize}; trains with ${batchSize}.`
    try {
      yield* trainAndClose(job, { ...half, batchSize, notices: [...half.notices, notice] }, options, clock)
    } catch (again) {
      if (!(again instanceof AppError) || again.code !== 'out-of-memory') throw again
      throw outOfMemory(batchSize, half.bytesFor(batchSize), await (options.memory ?? availableMemory)(), again)
    }
  }
}

async function* trainAndClose(
  job: TrainJob,
  prepared: Preparation,
  options: TrainOptions,
  clock: Clock,
): AsyncGenerator<TrainEvent, void, undefined> {
  try {
    yield* trainPrepared(job, prepared, options, clock)
  } finally {
    await prepared.data.close()
  }
}

interface Clock {
  readonly now: () => number
  readonly startedAt: number
}

async function* trainPrepared(
  job: TrainJob,
  prepared: Preparation,
  options: TrainOptions,
  clock: Clock,
): AsyncGenerator<TrainEvent, void, undefined> {
  const { network, data, normalisation, batchSize, trainCount, checkpoint } = prepared
  const { recipe, seed, lease } = job
  const validation = Int32Array.from({ length: data.count - trainCount }, (_, i) => trainCount + i)
  const perEpoch = stepsPerEpoch(trainCount, batchSize)
  const earlier = checkpoint?.progress.epochs ?? []
  yield {
    type: 'started',
    lease,
    parameters: network.parameterCount,
    resumedFromEpoch: earlier.length,
    steps: perEpoch * recipe.epochs,
    isBatchHalved: batchSize < Math.min(recipe.batchSize, trainCount),
    notice: prepared.notices.length > 0 ? prepared.notices.join(' ') : null,
  }
  for (const epoch of earlier) yield { type: 'epoch', lease, epoch }

  const evaluationBatch = Math.min(validation.length, evaluationBatchFor(batchSize))
  const session = (options.openSession ?? createSession)({
    network,
    recipe,
    precision: prepared.precision,
    batchSize,
    evaluationBatch,
    data,
    normalisation,
    seed,
    trainable: job.trainable,
  })
  const leaks = options.leakGuard ?? new LeakGuard()
  const limits = limitsOf(job, options, clock, checkpoint?.progress.seconds ?? 0)
  try {
    if (checkpoint) session.writeState(checkpoint.state)
    let progress = checkpoint?.progress ?? null
    for (let number = earlier.length + 1; number <= recipe.epochs && !hasStalled(progress, recipe); number++) {
      const startedAt = clock.now()
      const trained = yield* trainEpoch(job, session, data, { number, perEpoch, batchSize, trainCount }, clock, limits)
      const { loss, accuracy } = yield* validate(
        job,
        session,
        data,
        { number, validation, evaluationBatch },
        clock,
        limits,
      )
      if (!Number.isFinite(loss)) throw diverged(loss, number, perEpoch, 'validation loss')
      const epoch: Epoch = {
        epoch: number,
        ...trained,
        validationLoss: loss,
        validationAccuracy: accuracy,
        seconds: (clock.now() - startedAt) / 1000,
      }
      progress = await store(job, prepared, session, progress, epoch, limits.seconds())
      yield { type: 'epoch', lease, epoch }
      const message = leaks.check()
      if (message !== null) yield { type: 'notice', lease, message }
    }
    const { best } = progress!
    yield {
      type: 'finished',
      lease,
      bestEpoch: best.epoch,
      fitness: best.accuracy,
      weights: join(job.checkpointFolder, best.file),
      sha256: best.sha256,
    }
  } finally {
    session.dispose()
  }
}

/** Early stopping (Prechelt 1998): as many epochs without a better one as the recipe has patience for. */
function hasStalled(progress: Progress | null, { patience }: TrainJob['recipe']): boolean {
  return progress !== null && patience !== null && progress.epochs.length - progress.best.epoch >= patience
}

interface Limits {
  /** Lets messages in, then @throws AppError `cancelled` or `time-limit`. */
  check(): Promise<void>
  /** Trained so far over all attempts. */
  seconds(): number
}

function limitsOf({ timeLimitSeconds }: TrainJob, { signal }: TrainOptions, clock: Clock, before: number): Limits {
  const seconds = (): number => before + (clock.now() - clock.startedAt) / 1000
  return {
    seconds,
    async check() {
      await nextTurn()
      if (signal?.aborted) throw new AppError('cancelled', 'The training was stopped.')
      if (timeLimitSeconds !== null && seconds() > timeLimitSeconds)
        throw new AppError(
          'time-limit',
          `Training took more than its limit of ${timeLimitSeconds} s.`,
          'Raise the time limit of a trial, or lower the cost limit of the space.',
        )
    },
  }
}

function diverged(loss: number, epoch: number, step: number, what: string): AppError {
  return new AppError(
    'diverged',
    `The ${what} became ${loss} in epoch ${epoch}, step ${step}.`,
    'Lower the learning rate or lengthen the warm-up.',
  )
}

interface EpochPlan {
  readonly number: number
  readonly perEpoch: number
  readonly batchSize: number
  readonly trainCount: number
}

async function* trainEpoch(
  { recipe, seed, lease }: TrainJob,
  session: TrainingSession,
  data: TrainingData,
  { number, perEpoch, batchSize, trainCount }: EpochPlan,
  clock: Clock,
  limits: Limits,
): AsyncGenerator<TrainEvent, Pick<Epoch, 'learningRate' | 'trainLoss' | 'trainAccuracy'>, undefined> {
  const order = epochOrder(trainCount, seed, number).subarray(0, perEpoch * batchSize)
  const total = { loss: 0, accuracy: 0 }
  let learningRate = 0
  let toldAt = -Infinity
  let step = 0
  for await (const batch of data.batches(order, batchSize)) {
    learningRate = learningRateAt(recipe, (number - 1) * perEpoch + step, perEpoch * recipe.epochs)
    const before = (number - 1) * perEpoch + step
    const result = session.step(batch, learningRate, stepSeed(seed, number, step), before)
    if (!Number.isFinite(result.loss)) throw diverged(result.loss, number, step + 1, 'training loss')
    total.loss += result.loss
    total.accuracy += result.accuracy
    await limits.check()
    step++
    if (clock.now() - toldAt >= STEP_EVENT_INTERVAL_MS) {
      toldAt = clock.now()
      yield { type: 'step', lease, epoch: number, step, loss: result.loss }
    }
  }
  return { learningRate, trainLoss: total.loss / perEpoch, trainAccuracy: total.accuracy / perEpoch }
}

interface ValidationPlan {
  readonly number: number
  readonly validation: Int32Array
  readonly evaluationBatch: number
}

async function* validate(
  { lease }: TrainJob,
  session: TrainingSession,
  data: TrainingData,
  { number, validation, evaluationBatch }: ValidationPlan,
  clock: Clock,
  limits: Limits,
): AsyncGenerator<TrainEvent, EvaluationSummary, undefined> {
  const batches = evaluateAll(session, data, validation, evaluationBatch, limits.check)
  let toldAt = clock.now()
  for (;;) {
    const next = await batches.next()
    if (next.done) return next.value
    if (clock.now() - toldAt < STEP_EVENT_INTERVAL_MS) continue
    toldAt = clock.now()
    yield { type: 'validation', lease, epoch: number, images: next.value, of: validation.length }
  }
}

/** Best weights first, then the checkpoint that names them: a crash between the two costs nothing. */
async function store(
  { checkpointFolder }: TrainJob,
  { identity, batchSize, normalisation, network }: Preparation,
  session: TrainingSession,
  before: Progress | null,
  epoch: Epoch,
  seconds: number,
): Promise<Progress> {
  let best: Best | null = before?.best ?? null
  if (best === null || epoch.validationAccuracy > best.accuracy) {
    const meta = { format: 'gptnas-weights/1', epoch: epoch.epoch, classes: network.classes, ...normalisation }
    best = await writeBest(checkpointFolder, epoch.epoch, epoch.validationAccuracy, meta, session.readWeights())
  }
  const progress: Progress = { identity, batchSize, seconds, epochs: [...(before?.epochs ?? []), epoch], best }
  await writeCheckpoint(checkpointFolder, progress, session.readState())
  return progress
}
