// What a run needs before it can go on: its space, strategy, evaluator and how a proposal becomes a trial. The orchestrator
// knows only this; how it is made from data sets, blocks and computes is preparation.ts's, tests make their own.
import type { Breathe } from '@shared/breathe'
import type { DatasetProgress } from '@shared/contract/datasets'
import type { FormerRun } from '@shared/search/former-runs'
import type { ImageFacts } from '@shared/spaces/published-images'
import type { Genotype, Space } from '@shared/spaces/space'
import type { Evaluator } from '../evaluators/evaluator'
import type { RunRecord } from '../storage/runs'
import type { NewTrial } from '../storage/trials'
import type { InContextLearner } from '@shared/surrogate/in-context/learner'
import type { ChainJudge, GraphJudge, Proposal, Reconstructor, Strategy } from '@shared/strategies/strategy'

export interface PreparedRun {
  readonly space: Space
  /** Of the images that its architectures are for. */
  readonly facts: ImageFacts
  readonly strategy: Strategy
  readonly seeds: readonly Genotype[]
  readonly reconstructor?: Reconstructor
  readonly judge?: GraphJudge | undefined
  readonly learner?: InContextLearner | undefined
  readonly chains?: ChainJudge | undefined
  /** What it starts from. */
  readonly former?: readonly FormerRun[]
  /** Lets the engine answer others while a long choice is made; throws `cancelled` once the run lets go. */
  readonly breathe?: Breathe
  /** @param number the trial's number in the run, for its name */
  describe(proposal: Proposal, number: number): NewTrial
  readonly evaluator: Evaluator
  /** Trials that train at once. */
  readonly parallel: number
}

/**
 * @param tell receives each step of work on the data that takes time
 * @throws AppError when the run cannot go on: data set, space or proposer is missing or broken.
 */
export type PrepareRun = (
  run: RunRecord,
  signal: AbortSignal,
  tell: (step: DatasetProgress) => void,
) => Promise<PreparedRun>
