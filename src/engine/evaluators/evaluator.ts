// What gives an architecture its fitness, as runs/ sees it. Retrying and storing are the run's affair; an evaluator does one
// attempt and tells what happens.
import type { Epoch } from '@shared/search/trial'
import type { TrialUsage } from '@shared/search/usage'
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
  | {
      readonly type: 'finished'
      readonly fitness: number
      readonly bestEpoch: number
      /** A file to be moved into the artefacts; null for evaluators that train nothing. */
      readonly weights: { readonly file: string; readonly sha256: string } | null
    }

export interface Evaluator {
  /**
   * One attempt at a trial, from its newest checkpoint.
   * @param document the trial's architecture document, as stored
   * @throws AppError `cancelled` when `signal` fires, otherwise why the attempt failed.
   */
  evaluate(trial: TrialRecord, document: unknown, hooks: EvaluationHooks, signal: AbortSignal): Promise<Evaluation>
}
