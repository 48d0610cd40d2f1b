// The proposer of src/compute/proposer, loaded with TensorFlow by its first call.
import type { ProposerService } from '../proposer/service'

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
