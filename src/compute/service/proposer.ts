// The seam to the proposer: the three procedures of the contract that belong to it. Replaced by one import once
// src/compute/proposer serves them; until then asking says plainly that there is none.
import type { InferContractRouterInputs, InferContractRouterOutputs } from '@orpc/contract'
import type { ComputeContract } from '@shared/contract/compute'
import type { ProposerTrainingEvent } from '@shared/contract/proposer'
import { AppError } from '@shared/errors'

type Inputs = InferContractRouterInputs<ComputeContract>
type Outputs = InferContractRouterOutputs<ComputeContract>
type Procedure<K extends 'reconstruct' | 'proposerInfo' | 'suggest'> = (input: Inputs[K]) => Promise<Outputs[K]>

export interface ProposerService {
  readonly reconstruct: Procedure<'reconstruct'>
  readonly proposerInfo: Procedure<'proposerInfo'>
  readonly suggest: Procedure<'suggest'>
  /** Stops after the step under way when `signal` aborts. */
  trainProposer(input: Inputs['trainProposer'], signal: AbortSignal | undefined): AsyncGenerator<ProposerTrainingEvent>
}

const missing = (): AppError =>
  new AppError('runtime-missing', 'This compute has no proposer.', 'Use the strategy ga or random, which need none.')

const refuse = (): Promise<never> => Promise.reject(missing())

async function* refusal(): AsyncGenerator<never> {
  yield await refuse()
}

export const noProposer: ProposerService = {
  reconstruct: refuse,
  proposerInfo: refuse,
  suggest: refuse,
  trainProposer: () => refusal(),
}
