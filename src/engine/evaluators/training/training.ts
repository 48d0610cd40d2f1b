// Evaluator `training`: a trial becomes a job for one compute; fitness is the best validation accuracy. Files go by path,
// the test split is not among them. What the compute then tells is follow-training.ts's.
import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { BlockLibrary } from '@shared/architecture/block'
import { readChain } from '@shared/architecture/document'
import { prepareStored, type PreparedArchitecture } from '@shared/architecture/prepared'
import type { SplitFiles, TrainJob } from '@shared/contract/compute'
import { createRandom } from '@shared/random'
import type { RunDefinition } from '@shared/search/run'
import { dependence } from '@shared/search/fidelity'
import { beginsAnew } from '@shared/search/rung-images'
import { climbs, halvingOf } from '@shared/search/rungs'
import { initialWeightsOf } from '@shared/spaces/single/initial-weights'
import type { Origin } from '@shared/search/trial'
import type { ComputePool } from '../../executors/pool'
import type { ThreadsWanted } from '../../executors/threads'
import { measureTraining, type TrainingCard, type TrainingMeter } from '../../machine/training-meter'
import type { TrialRecord } from '../../storage/trials'
import type { Candidate, Evaluation, EvaluationHooks, Evaluator } from '../evaluator'
import type { TestSplit } from './final'
import { measureProxies } from '../proxy/measure'
import { followTraining, type TrainingHooks } from './follow-training'
import { afterMemoryKill, isBatchHalved } from './halved-batch'
import { architectureAt, placeOf, rungFolder, type LegImages, type Place } from './legs'
import type { OthersOfRun, ParentWeights } from './others'
import type { SilenceLimits } from './silence'

export interface TrainingOptions {
  readonly pool: ComputePool
  readonly definition: RunDefinition
  /** Id of the run, for results that depend on its other trials; left out where nothing is kept. */
  readonly run?: string
  readonly library: BlockLibrary
  /** Of the data set's images. */
  readonly fingerprint: string
  readonly data: SplitFiles
  /** Index files of the run's split. */
  readonly trainIndices: string
  readonly validationIndices: string
  /** What trainings of a trial before its last one learn from, in their order (rungs of fewer or smaller images); left out, there are none. */
  readonly legs?: readonly LegImages[]
  /** File of the weights that every trial starts from; left out, new ones. */
  readonly initialWeights?: string
  /** What others of its run lend a trial; left out where nothing is lent. */
  readonly others?: OthersOfRun
  /** Of a final training: what its result is tested on, once. */
  readonly finalTest?: TestSplit & { readonly weightsFile: (sha256: string) => string }
  /** Holds one folder per trial. */
  readonly checkpointsFolder: string
  /** The card that a slot's compute uses, to be measured; null on the processor. */
  readonly cardOf?: (slot: number) => TrainingCard | null
  /** Threads that its compute is to have; left out, those of the slot. */
  readonly threadsFor?: (architecture: PreparedArchitecture, batchSize: number) => ThreadsWanted
  /** How long a compute may say nothing; replaced in tests. */
  readonly silence?: SilenceLimits
  /** How long a compute may take to let go of a training; replaced in tests. Milliseconds. */
  readonly letGoMs?: number
}

export function checkpointFolder(checkpointsFolder: string, trialId: number): string {
  return path.join(checkpointsFolder, `trial-${trialId}`)
}

/** Seed of a trial's training: of the run and the architecture, so that neither order nor repeats change it; a confirmation has others. */
function trainingSeed(
  runSeed: number,
  { architectureHash, origin }: Pick<Candidate, 'architectureHash' | 'origin'>,
): number {
  const random = createRandom(runSeed).fork('training').fork(architectureHash)
  return (origin.confirms === undefined ? random : random.fork(`confirmation-${origin.confirms.seed}`)).integer(2 ** 31)
}

/**
 * Node ids that may be trained under the paper's acceleration rule 1: the layers of the blocks the proposer chose.
 * @returns null when everything is trained: the rule is off or the proposer did not touch the architecture.
 */
function trainableNodes(
  definition: RunDefinition,
  { document, graph, nodeOf }: PreparedArchitecture,
  origin: Origin,
): string[] | null {
  if (!definition.recipe.trainPredictedOnly || origin.reconstructed.length === 0) return null
  const chain = readChain(document)
  if ('reason' in chain) throw new Error(`a trial's document must be a chain of blocks: ${chain.reason}`)
  const positions = new Set(origin.reconstructed.map(({ position }) => position))
  const chosen = new Set(chain.blocks.filter((_, position) => positions.has(position)).map(({ id }) => id))
  return graph.nodes.map(({ id }) => id).filter((id) => chosen.has(nodeOf.get(id) ?? ''))
}

function trainingConditions(
  { definition, fingerprint, run }: Pick<TrainingOptions, 'definition' | 'fingerprint' | 'run'>,
  { architectureHash, architecture, origin }: Candidate,
): unknown {
  if (architecture === null) throw new Error('a training was given a space of mere words')
  const { data, recipe, seed } = definition
  return {
    architectureHash,
    fingerprint,
    // Left out where there is none, so that results of before it was a setting keep their key.
    ...(data.resolution !== null && { resolution: data.resolution }),
    trainImages: data.trainImages,
    validationImages: data.validationImages,
    splitSeed: data.splitSeed,
    recipe,
    seed: trainingSeed(seed, { architectureHash, origin }),
    trainable: trainableNodes(definition, architecture, origin),
    ...(definition.final !== null && { final: definition.final.weightsSha256 ?? 'scratch' }),
    ...(initialWeightsOf(definition) !== undefined && { initialWeights: initialWeightsOf(definition) }),
    // How far it trains depends on the others of its run: a result of that run alone.
    ...(climbs({ origin }) && halvingOf(definition) !== null && { halving: halvingOf(definition), run }),
    ...(climbs({ origin }) && dependence(definition) !== null && { ...dependence(definition), run }),
  }
}

/** Accuracy of the trained weights on the whole test split. */
async function testAccuracy(
  { pool, library, finalTest }: TrainingOptions,
  { weightsSha256 }: TrialRecord,
  document: unknown,
  signal: AbortSignal,
): Promise<number> {
  if (finalTest === undefined || weightsSha256 === null)
    throw new Error('there is nothing to test, or nothing to test on')
  const { graph } = prepareStored(document, library)
  const { data, indices } = finalTest
  const weights = finalTest.weightsFile(weightsSha256)
  return (await pool.run((client) => client.evaluate({ graph, weights, data, indices }, { signal }), signal)).accuracy
}

export function createTrainingEvaluator(options: TrainingOptions): Evaluator {
  return {
    ...(options.finalTest !== undefined && {
      report: (winner: TrialRecord, document: unknown, signal: AbortSignal) =>
        testAccuracy(options, winner, document, signal),
    }),
    conditions: (candidate) => trainingConditions(options, candidate),
    proxies: (document, wish, signal) =>
      measureProxies({ ...options, runSeed: options.definition.seed }, document, wish, signal),
    evaluate: async (trial, document, hooks, signal) => {
      const at = placeOf(options, trial)
      const architecture = architectureAt(prepareStored(document, options.library), at.data.shape, options.library)
      const parent = climbs(trial) ? await options.others?.parent(trial) : undefined
      const job = await trainJob(options, trial, architecture, at, parent)
      let isBatchHalved = job.halveBatch === true
      let trained = 0
      const listening: TrainingHooks = {
        ...hooks,
        onStarted: ({ inherited, ...started }) => {
          // Also where a prediction or TensorFlow itself has halved it.
          isBatchHalved ||= started.isBatchHalved === true
          const from = inherited && parent && { inherited: { ...inherited, trialId: parent.trialId } }
          return hooks.onStarted({ ...started, ...from })
        },
        onEpoch: (epoch) => {
          trained = epoch.epoch
          return hooks.onEpoch(epoch)
        },
      }
      const evaluation = options.pool.run(
        async (client, slot, kill) => {
          const meter = measureCompute(options, slot, hooks)
          try {
            const ended = await followTraining({ client, slot, kill, ...options }, job, listening, signal)
            return partOf(job, at, trained, ended)
          } finally {
            meter?.stop()
          }
        },
        signal,
        threadsOf(options, architecture),
      )
      return evaluation.catch(async (thrown: unknown): Promise<never> => {
        throw await afterMemoryKill(thrown, { ...job, halveBatch: isBatchHalved })
      })
    },
  }
}

/** What a training came to that was to end before its recipe does. */
function partOf({ untilEpoch, endBelow }: TrainJob, { halving, rung }: Place, epochs: number, ended: Evaluation) {
  if (ended.type !== 'finished') return ended
  const bound = endBelow?.[epochs - 1] ?? null
  if (bound !== null && ended.fitness < bound) return { ...ended, endedEarly: { epochs, bound } }
  // Patience ends a whole training; one that the next rung begins anew is over, and its trial is not.
  const isOver = halving !== null && beginsAnew(halving, rung + 1)
  if (!isOver && (untilEpoch === undefined || epochs < untilEpoch)) return ended
  const { fitness, bestEpoch, weights } = ended
  if (bestEpoch === null || weights === null) throw new Error('a training ended without its weights')
  return { type: 'reached' as const, epochs, fitness, bestEpoch, weights }
}

/** The slot's own where another compute works at that moment, but for a training whose numbers may not depend on that. */
function threadsOf(
  { pool, threadsFor, definition: { recipe } }: TrainingOptions,
  architecture: PreparedArchitecture,
): ThreadsWanted {
  const isAlone = recipe.deterministic || pool.statuses().every(({ state }) => state === 'idle' || state === 'dead')
  return (isAlone && threadsFor?.(architecture, recipe.batchSize)) || 'of-slot'
}

/** Begins to measure the compute of a slot and tells `hooks`. */
function measureCompute(
  { pool, cardOf }: TrainingOptions,
  slot: number,
  hooks: EvaluationHooks,
): TrainingMeter | undefined {
  const status = pool.statuses()[slot]
  // It may have died between becoming ready and this.
  const meter = status?.pid == null ? undefined : measureTraining(status.pid, { card: cardOf?.(slot) ?? null })
  hooks.onCompute({ device: status?.device ?? '', usage: () => meter?.usage() ?? null })
  return meter
}

async function trainJob(
  options: TrainingOptions,
  trial: TrialRecord,
  architecture: PreparedArchitecture,
  { halving, rung, data, trainIndices }: Place,
  parent: ParentWeights | undefined,
): Promise<TrainJob> {
  const { definition } = options
  const target = halving?.epochs[rung] ?? definition.recipe.epochs
  const bounds = climbs(trial) ? await options.others?.bounds(trial) : undefined
  const ofTrial = checkpointFolder(options.checkpointsFolder, trial.id)
  const folder = halving === null ? ofTrial : rungFolder(ofTrial, halving, rung)
  await mkdir(folder, { recursive: true })
  return {
    lease: randomUUID(),
    graph: architecture.graph,
    recipe: definition.recipe,
    seed: trainingSeed(definition.seed, trial),
    data,
    trainIndices,
    validationIndices: options.validationIndices,
    checkpointFolder: folder,
    trainable: trainableNodes(definition, architecture, trial.origin),
    timeLimitSeconds: definition.trialTimeLimit,
    halveBatch: isBatchHalved(folder),
    ...(target < definition.recipe.epochs && { untilEpoch: target }),
    ...(bounds !== undefined && { endBelow: bounds }),
    ...(parent !== undefined && { initialWeights: parent.file, inherits: true }),
    // Nothing is held back that could say which epoch is the best.
    ...(definition.final !== null && { keep: 'last' as const }),
    ...(options.initialWeights !== undefined && { initialWeights: options.initialWeights }),
  }
}
