// The seam to the proposer: the procedures of the contract that belong to it. It is loaded, and TensorFlow with it, by the
// first call.
import type { InferContractRouterInputs, InferContractRouterOutputs } from '@orpc/contract'
import type { ComputeContract } from '@shared/contract/compute'
import type { ProposerTrainingEvent } from '@shared/contract/proposer'

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

/** The proposer of src/compute/proposer, from its first use on. */
export function lazyProposer(): ProposerService {
  let loading: Promise<ProposerService> | undefined
  const load = (): Promise<ProposerService> =>
    (loading ??= import('../proposer/service').then(({ createProposerService }) => createProposerService()))
  return {
    reconstruct: async (input) => (await load()).reconstruct(input),
    proposerInfo: async (input) => (await load()).proposerInfo(input),
    suggest: async (input) => (await load()).suggest(input),
    trainProposer: async function* (input, signal) {
      yield* (await load()).trainProposer(input, signal)
    },
  }
}
