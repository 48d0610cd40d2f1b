// The training of one candidate as a stream of events: opens what it needs, tells where it starts, and begins again with half
// the batch where memory runs out. The epochs themselves are training.ts's.
import type { TrainEvent, TrainJob } from '@shared/contract/compute'
import { AppError } from '@shared/errors'
import { LeakGuard } from './leak-guard'
import { Limits, type Clock } from './limits'
import { availableMemory } from '@node/memory'
import { stepsPerEpoch } from './order'
import { mayHalve, outOfMemory, prepare, type Preparation } from './prepare'
import { createSession, type SessionOptions } from './session'
import { evaluationBatchOf, Training } from './training'

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
    yield* attempt(job, prepared, options, clock)
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== 'out-of-memory') throw thrown
    if (prepared.batchSize === 1 || !mayHalve(job)) throw thrown
    const half = await prepare(job, options)
    const batchSize = Math.floor(prepared.batchSize / 2)
    const notice = `TensorFlow ran out of memory with batches of ${prepared.batchSize}; trains with ${batchSize}.`
    try {
      yield* attempt(job, { ...half, batchSize, notices: [...half.notices, notice] }, options, clock)
    } catch (again) {
      if (!(again instanceof AppError) || again.code !== 'out-of-memory') throw again
      throw outOfMemory(batchSize, half.bytesFor(batchSize), await (options.memory ?? availableMemory)(), again)
    }
  }
}

/** One attempt with the batch that was prepared; closes the data. */
async function* attempt(
  job: TrainJob,
  prepared: Preparation,
  options: TrainOptions,
  clock: Clock,
): AsyncGenerator<TrainEvent, void, undefined> {
  const { openSession = createSession, leakGuard: leaks = new LeakGuard(), signal } = options
  const { lease, timeLimitSeconds } = job
  const { network, batchSize, trainCount, notices, checkpoint } = prepared
  const earlier = checkpoint?.progress.epochs ?? []
  try {
    yield {
      type: 'started',
      lease,
      parameters: network.parameterCount,
      resumedFromEpoch: earlier.length,
      stepsPerEpoch: stepsPerEpoch(trainCount, batchSize),
      isBatchHalved: batchSize < Math.min(job.recipe.batchSize, trainCount),
      ...(job.inherits === true && { inherited: { arrays: prepared.initial?.size ?? 0, of: network.arrays.length } }),
      notice: notices.length > 0 ? notices.join(' ') : null,
    }
    for (const epoch of earlier) yield { type: 'epoch', lease, epoch }
    const secondsBefore = checkpoint?.progress.seconds ?? 0
    const limits = new Limits({ clock, signal, timeLimitSeconds, secondsBefore })
    const session = openSession(sessionOptions(job, prepared))
    try {
      yield* new Training({ job, prepared, session, limits, clock, leaks }).events()
    } finally {
      session.dispose()
    }
  } finally {
    await prepared.data.close()
  }
}

function sessionOptions({ recipe, seed, trainable }: TrainJob, prepared: Preparation): SessionOptions {
  const { network, precision, batchSize, data, normalisation, initial } = prepared
  const evaluationBatch = evaluationBatchOf(prepared)
  return { network, recipe, precision, batchSize, evaluationBatch, data, normalisation, seed, trainable, initial }
}
