// Evaluator `training`: a trial becomes a job for one compute; fitness is the best validation accuracy. Files go by path,
// the test split is not among them. Events that do not carry this attempt's lease are not believed (design: Truth).
import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { BlockLibrary } from '@shared/architecture/block'
import { parseDocument, readChain } from '@shared/architecture/document'
import { expandDocument } from '@shared/architecture/expand'
import type { SplitFiles, TrainEvent, TrainJob } from '@shared/contract/compute'
import { AppError } from '@shared/errors'
import { createRandom } from '@shared/random'
import type { RunDefinition } from '@shared/search/run'
import type { Origin } from '@shared/search/trial'
import type { ComputePool } from '../executors/pool'
import type { TrialRecord } from '../storage/trials'
import type { EvaluationHooks, Evaluation, Evaluator } from './evaluator'
import { SilenceWatch, type SilenceLimits } from './silence'

export interface TrainingOptions {
  readonly pool: ComputePool
  readonly definition: RunDefinition
  readonly library: BlockLibrary
  readonly data: SplitFiles
  /** Index files of the run's split. */
  readonly trainIndices: string
  readonly validationIndices: string
  /** Holds one folder per trial. */
  readonly checkpointsFolder: string
  /** How long a compute may say nothing; replaced in tests. */
  readonly silence?: SilenceLimits
}

export function checkpointFolder(checkpointsFolder: string, trialId: number): string {
  return path.join(checkpointsFolder, `trial-${trialId}`)
}

/** Seed of a trial's training: of the run and the architecture, so that neither order nor repeats change it. */
export function trainingSeed(runSeed: number, architectureHash: string): number {
  return createRandom(runSeed)
    .fork('training')
    .fork(architectureHash)
    .integer(2 ** 31)
}

/**
 * Node ids that may be trained under the paper's acceleration rule 1: the layers of the blocks the proposer chose.
 * @returns null when everything is trained: the rule is off or the proposer did not touch the architecture.
 */
export function trainableNodes(
  definition: RunDefinition,
  document: unknown,
  origin: Origin,
  library: BlockLibrary,
): string[] | null {
  if (!definition.recipe.trainPredictedOnly || origin.reconstructed.length === 0) return null
  const parsed = parseDocument(document)
  const chain = readChain(parsed)
  if ('reason' in chain) throw new Error(`a trial's document must be a chain of blocks: ${chain.reason}`)
  const positions = new Set(origin.reconstructed.map(({ position }) => position))
  const chosen = new Set(chain.blocks.filter((_, position) => positions.has(position)).map(({ id }) => id))
  const { graph, nodeOf } = expandDocument(parsed, library)
  return graph.nodes.map(({ id }) => id).filter((id) => chosen.has(nodeOf.get(id) ?? ''))
}

export function createTrainingEvaluator(options: TrainingOptions): Evaluator {
  return {
    evaluate: async (trial, document, hooks, signal) => {
      const job = await trainJob(options, trial, document)
      return options.pool.run(async (client, compute, kill) => {
        // Breaking off stops the compute after its step; it keeps its last checkpoint.
        const events = await client.train(job, { signal })
        const silence = new SilenceWatch(kill, options.silence)
        return follow(events[Symbol.asyncIterator](), job, { compute, silence }, hooks, signal)
      }, signal)
    },
  }
}

async function trainJob(options: TrainingOptions, trial: TrialRecord, document: unknown): Promise<TrainJob> {
  const { definition, library } = options
  const { graph } = expandDocument(parseDocument(document), library)
  const folder = checkpointFolder(options.checkpointsFolder, trial.id)
  await mkdir(folder, { recursive: true })
  return {
    lease: randomUUID(),
    // The schema's arrays are mutable; the graph is only read on its way out.
    graph: graph as unknown as TrainJob['graph'],
    recipe: definition.recipe,
    seed: trainingSeed(definition.seed, trial.architectureHash),
    data: options.data,
    trainIndices: options.trainIndices,
    validationIndices: options.validationIndices,
    checkpointFolder: folder,
    trainable: trainableNodes(definition, document, trial.origin, library),
    timeLimitSeconds: definition.trialTimeLimit,
  }
}

async function follow(
  events: AsyncIterator<TrainEvent>,
  job: TrainJob,
  { compute, silence }: { readonly compute: number; readonly silence: SilenceWatch },
  hooks: EvaluationHooks,
  signal: AbortSignal,
): Promise<Evaluation> {
  const cancelled = cancellation(signal)
  try {
    for (;;) {
      const next = await silence.during(Promise.race([events.next(), cancelled.promise]))
      if (next.done === true) {
        throw new AppError('internal', 'The compute ended the training without a result.', 'Run the trial again.')
      }
      const event = next.value
      if (event.lease !== job.lease) continue
      silence.heard(event.type)
      const ended = await receive(event, job, compute, hooks)
      if (ended !== undefined) return ended
    }
  } finally {
    cancelled.release()
    // Not awaited for long: a compute that hangs must not hold the run. Its failure is already known or irrelevant.
    events.return?.().catch(() => undefined)
  }
}

async function receive(
  event: TrainEvent,
  job: TrainJob,
  compute: number,
  hooks: EvaluationHooks,
): Promise<Evaluation | undefined> {
  switch (event.type) {
    case 'started': {
      const stepsPerEpoch = Math.max(1, Math.round(event.steps / job.recipe.epochs))
      const { resumedFromEpoch, notice } = event
      await hooks.onStarted({ compute, resumedFromEpoch, stepsPerEpoch, notice })
      return undefined
    }
    case 'step':
      hooks.onStep(event)
      return undefined
    case 'validation':
      return undefined // a sign of life, which `follow` has taken as such
    case 'notice':
      await hooks.onNotice(event.message)
      return undefined
    case 'epoch':
      await hooks.onEpoch(event.epoch)
      // After the last epoch only the result is missing: it is worth the wait.
      return hooks.shouldHold() && event.epoch.epoch < job.recipe.epochs ? { type: 'held' } : undefined
    case 'finished': {
      const { fitness, bestEpoch, weights, sha256 } = event
      return { type: 'finished', fitness, bestEpoch, weights: { file: weights, sha256 } }
    }
  }
}

function cancellation(signal: AbortSignal): { readonly promise: Promise<never>; release(): void } {
  let fire: () => void = () => undefined
  const promise = new Promise<never>((_, reject) => {
    fire = () => reject(new AppError('cancelled', 'The trial was stopped.'))
    if (signal.aborted) fire()
    else signal.addEventListener('abort', fire, { once: true })
  })
  // It may fire when nobody races it any more.
  promise.catch(() => undefined)
  return { promise, release: () => signal.removeEventListener('abort', fire) }
}
