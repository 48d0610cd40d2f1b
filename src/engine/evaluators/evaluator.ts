// What gives an architecture its fitness, as runs/ sees it. Retrying and storing are the run's affair; an evaluator does one
// attempt and tells what happens.
import type { PreparedArchitecture } from '@shared/architecture/prepared'
import type { ProxyName } from '@shared/evaluators/proxies'
import type { Epoch, Origin } from '@shared/search/trial'
import type { TrialFidelity } from '@shared/search/trial-fidelity'
import type { TrialUsage } from '@shared/search/usage'
import type { Genotype } from '@shared/spaces/space'
import type { TrialRecord } from '../storage/trials'

export interface MeasuredCompute {
  /** Title of its device; empty where it is not known. */
  readonly device: string
  /** What the attempt takes of the machine; may be asked at any time, also after its end. */
  readonly usage: () => TrialUsage | null
}

export interface EvaluationHooks {
  /** The attempt has a compute to itself and is about to be sent to it. Evaluators that train nothing do not call it. */
  onCompute(compute: MeasuredCompute): void
  /** The attempt has begun on a compute. Epochs after `resumedFromEpoch` that were told before will be told again. */
  onStarted(start: {
    readonly compute: number
    readonly resumedFromEpoch: number
    readonly stepsPerEpoch: number
    /** It trains with less than the recipe's batch, for want of memory. */
    readonly isBatchHalved?: boolean
    /** It begins with arrays of another trial. */
    readonly inherited?: NonNullable<TrialFidelity['inherited']>
    readonly notice: string | null
  }): Promise<void>
  onStep(step: { readonly epoch: number; readonly step: number; readonly loss: number }): void
  /** A sign of life while the epoch's network is validated, which may take longer than a step. */
  onValidation(seen: { readonly epoch: number; readonly images: number; readonly of: number }): void
  /** Something a person should read. */
  onNotice(message: string): Promise<void>
  /** Called when the epoch's checkpoint is on the disk. */
  onEpoch(epoch: Epoch): Promise<void>
  /** True once the evaluation should stop at its next checkpoint. */
  shouldHold(): boolean
}

export type Evaluation =
  /** Stopped at a checkpoint because it was asked to; goes on from there. */
  | { readonly type: 'held' }
  /** Trained as far as it was to for now; may go on from its checkpoint, whose files stay. */
  | {
      readonly type: 'reached'
      readonly epochs: number
      readonly fitness: number
      readonly bestEpoch: number
      readonly weights: { readonly file: string; readonly sha256: string }
    }
  | {
      readonly type: 'finished'
      /** Higher is better; any number (shared/evaluators says how it reads). */
      readonly fitness: number
      /** Null for evaluators without epochs. */
      readonly bestEpoch: number | null
      /** A file to be moved into the artefacts; null for evaluators that train nothing. */
      readonly weights: { readonly file: string; readonly sha256: string } | null
      /** What else was measured of the architecture, by name. */
      readonly costs?: Readonly<Record<string, number>>
      /** It was ended below the others. */
      readonly endedEarly?: NonNullable<TrialFidelity['endedEarly']>
    }

/** An architecture that may become a trial. */
export interface Candidate {
  readonly genotype: Genotype
  readonly origin: Origin
  readonly architectureHash: string
  /** Null where the space has only words for it. */
  readonly architecture: PreparedArchitecture | null
}

export interface ProxyWish {
  readonly names: readonly ProxyName[]
  readonly images: number
}
export type ProxyFigures = Readonly<Partial<Record<ProxyName, number | null>>>

export interface Evaluator {
  /**
   * All that decides the candidate's result, as JSON: where it is equal, an earlier result is taken instead of a new evaluation.
   * Its text is hashed, so the order of its fields counts.
   */
  conditions(candidate: Candidate): unknown
  /**
   * One attempt at a trial, from its newest checkpoint.
   * @param document the trial's architecture document, as stored; null where the space has only words for it
   * @throws AppError `cancelled` when `signal` fires, otherwise why the attempt failed.
   */
  evaluate(trial: TrialRecord, document: unknown, hooks: EvaluationHooks, signal: AbortSignal): Promise<Evaluation>
  /**
   * Zero-cost figures of a network that may become a trial, on images that train; absent where an evaluator has no images.
   * @param document as `evaluate` takes it @returns null for a figure that the network does not give
   * @throws AppError `cancelled` when `signal` fires, otherwise why nothing could be measured
   */
  proxies?(document: unknown, wish: ProxyWish, signal: AbortSignal): Promise<ProxyFigures>
  /** What only the report of a finished run may show of its winner (docs/rules.md#test-data); never asked during a search. */
  report?(winner: TrialRecord, document: unknown, signal: AbortSignal): number | undefined | Promise<number>
}
