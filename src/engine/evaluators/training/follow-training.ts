// A training as its compute tells it, from the call to the last event, and its end: what it was is known only once the compute
// has let go of it or is gone, so that nothing is written behind the back of whoever paused, stopped or removed it.
// Events that do not carry this attempt's lease are not believed (docs/rules.md#truth).
import type { TrainEvent, TrainJob } from '@shared/contract/compute'
import { AppError } from '@shared/errors'
import { orAborted } from '@node/cancel'
import { within } from '@node/waiting'
import type { ComputeClient } from '../../executors/pool'
import type { Evaluation, EvaluationHooks } from '../evaluator'
import { SilenceWatch, type SilenceLimits } from './silence'

type Started = Omit<Parameters<EvaluationHooks['onStarted']>[0], 'inherited'> & {
  readonly inherited?: Extract<TrainEvent, { type: 'started' }>['inherited']
}
/** As an evaluation's; whose weights it inherits is known to who made the job. */
export type TrainingHooks = Omit<EvaluationHooks, 'onStarted'> & { onStarted(start: Started): Promise<void> }

export interface TrainingCompute {
  readonly client: ComputeClient
  readonly slot: number
  /** Ends the compute's process at once. */
  readonly kill: () => void
  readonly silence?: SilenceLimits
  readonly letGoMs?: number
}

/**
 * A compute looks for messages after every step. Steps of what a search trains take milliseconds to a second, and main gives
 * a closing engine 8 s in all; a killed compute loses nothing but its start.
 */
const LET_GO_MS = 5_000

/**
 * Has `job` trained and tells `hooks`; settles when the compute is no longer at it.
 * @throws AppError `cancelled` when `signal` fires, `compute-died` for a silent one, else why the training failed
 */
export async function followTraining(
  compute: TrainingCompute,
  job: TrainJob,
  hooks: TrainingHooks,
  signal: AbortSignal,
): Promise<Evaluation> {
  const { client, kill } = compute
  const silence = new SilenceWatch(kill, compute.silence)
  const unlessStopped = <T>(sign: Promise<T>): Promise<T> =>
    silence.during(orAborted(sign, signal, 'The trial was stopped.'))
  let events: AsyncIterator<TrainEvent> | undefined
  let isOver = false
  try {
    // Breaking off stops the compute after its step; it keeps its last checkpoint.
    const stream = await unlessStopped(client.train(job, { signal }))
    events = stream[Symbol.asyncIterator]()
    for (;;) {
      const next = await unlessStopped(events.next()).catch((thrown: unknown) => {
        // What the stream itself throws is the compute's last word on it.
        isOver = !signal.aborted
        throw thrown
      })
      if (next.done === true) {
        throw new AppError('internal', 'The compute ended the training without a result.', 'Run the trial again.')
      }
      const event = next.value
      if (event.lease !== job.lease) continue
      silence.noteSign(event.type)
      const ended = await receive(event, job, compute.slot, hooks)
      if (ended !== undefined) return ended
    }
  } finally {
    if (!isOver) await letGo(compute, events)
  }
}

/** Waits until the compute has stopped; kills it when it does not. Never throws: how the training ended is known already. */
async function letGo(
  { client, kill, letGoMs = LET_GO_MS }: TrainingCompute,
  events: AsyncIterator<TrainEvent> | undefined,
): Promise<void> {
  // Its answer only says that our end is closed.
  events?.return?.().catch(() => undefined)
  // A compute that is gone rejects: it has let go of everything.
  const stopped = client.idle().catch(() => undefined)
  // Nothing is awaited after the kill: the pool waits for the exit, and a death must not come before the result.
  await within(letGoMs, stopped, kill)
}

async function receive(
  event: TrainEvent,
  job: TrainJob,
  compute: number,
  hooks: TrainingHooks,
): Promise<Evaluation | undefined> {
  switch (event.type) {
    case 'started': {
      const { resumedFromEpoch, stepsPerEpoch, isBatchHalved = false, notice, inherited } = event
      await hooks.onStarted({ compute, resumedFromEpoch, stepsPerEpoch, isBatchHalved, notice, inherited })
      return undefined
    }
    case 'step':
      hooks.onStep(event)
      return undefined
    case 'validation':
      hooks.onValidation(event)
      return undefined
    case 'notice':
      await hooks.onNotice(event.message)
      return undefined
    case 'epoch':
      await hooks.onEpoch(event.epoch)
      // After the last epoch only the result is missing: it is worth the wait.
      return hooks.shouldHold() && event.epoch.epoch < (job.untilEpoch ?? job.recipe.epochs)
        ? { type: 'held' }
        : undefined
    case 'finished': {
      const { fitness, bestEpoch, weights, sha256 } = event
      return { type: 'finished', fitness, bestEpoch, weights: { file: weights, sha256 } }
    }
  }
}
