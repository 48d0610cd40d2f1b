// One kind of evaluator, as its folder hands it to the registry: what it needs of the engine, what it looks at before a run
// is created, and how it is made ready for one.
import type { BlockLibrary } from '@shared/architecture/block'
import type { PreparedArchitecture } from '@shared/architecture/prepared'
import type { DatasetProgress } from '@shared/contract/datasets'
import type { RunDefinition } from '@shared/search/run'
import type { Calibration } from '@shared/search/run-forecast'
import type { ImageFacts } from '@shared/spaces/published-images'
import type { Genotype, Space } from '@shared/spaces/space'
import type { Datasets } from '../datasets/datasets'
import type { ComputePool } from '../executors/pool'
import type { ThreadsWanted } from '../executors/threads'
import type { TrainingCard } from '../machine/training-meter'
import type { Artefacts } from '../storage/artefacts'
import type { RunRecord } from '../storage/runs'
import type { Store } from '../storage/store'
import type { AllowedCommands } from './command/allowed-commands'
import type { Evaluator } from './evaluator'

/** What the engine owns and an evaluator may use. */
export interface EvaluatorTools {
  readonly store: Store
  readonly artefacts: Artefacts
  readonly datasets: Datasets
  readonly pool: ComputePool
  readonly allowedCommands: AllowedCommands
  /** The card of a slot's compute; null on the processor. */
  readonly cardOf?: (slot: number) => TrainingCard | null
  /** Threads of a training that has the machine to itself; left out, those of its slot. */
  readonly threadsAlone?: (architecture: PreparedArchitecture, batchSize: number) => ThreadsWanted
}

export interface Preparing {
  readonly run: RunRecord
  readonly signal: AbortSignal
  /** Receives each step of work on the data that takes time. */
  readonly tell: (step: DatasetProgress) => void
}

/** An evaluator that has all it needs for one run, but for the space, which may depend on its images. */
export interface ReadyEvaluator {
  /** Of the images that architectures are for. */
  readonly facts: ImageFacts
  on(space: Space, library: BlockLibrary): Evaluator
}

/** What a definition comes to, as far as the evaluator sees it: what would end the run, and what is worth knowing. */
export interface Findings {
  readonly problems: string[]
  readonly notes: string[]
}

/** Evaluates once more, in no time. @throws AppError where the architecture has no fitness */
export type RepeatEvaluation = (genotype: Genotype) => {
  readonly fitness: number
  readonly costs: Readonly<Record<string, number>>
}

export type CalibrationTools = Pick<EvaluatorTools, 'datasets' | 'pool' | 'cardOf' | 'threadsAlone'>

export interface CalibrationWish {
  readonly definition: RunDefinition
  readonly space: Space
  readonly library: BlockLibrary
  /** Evaluated at once. */
  readonly parallel: number
  readonly signal: AbortSignal
  readonly tell: (done: number, of: number) => void
}

export interface EngineEvaluator {
  /** Of the images that architectures are for, before anything is fetched. @throws AppError for data that nobody knows */
  images(definition: RunDefinition, datasets: Datasets): ImageFacts
  check?(definition: RunDefinition, tools: Pick<EvaluatorTools, 'datasets'>): Promise<Findings>
  /**
   * The definition as its run keeps it: with what depends on the data worked out.
   * @throws AppError where what it needs is not there
   */
  settle?(definition: RunDefinition, tools: Pick<EvaluatorTools, 'datasets'>): Promise<RunDefinition>
  /**
   * What a few evaluations take here, found by beginning them; absent where they cost nothing, or nobody knows beforehand.
   * @throws AppError `cancelled`, `dataset-missing`, `dataset-damaged`, and why nothing could be evaluated
   */
  calibrate?(tools: CalibrationTools, wish: CalibrationWish): Promise<Calibration[]>
  /** Trials that are evaluated at once. */
  parallel(definition: RunDefinition, pool: ComputePool): number
  /** @throws AppError when the run cannot go on: what it needs is missing, damaged, or no longer what it was */
  prepare(tools: EvaluatorTools, preparing: Preparing): Promise<ReadyEvaluator>
  /** For replays of a run; absent where an evaluation costs time, or may come out otherwise. */
  repeat?(space: Space): RepeatEvaluation
}
