// The proposer's procedures of the compute contract, in the order of the method: model/ is what the networks are, learning/ what
// they learn from and how, use/ how a trained pair rebuilds and suggests blocks. Keeps the checkpoint and the space of the last call.
import type { InferContractRouterOutputs, InferSchemaOutput } from '@orpc/contract'
import type { BlockLibrary } from '@shared/architecture/block'
import { storedLibrary } from '@shared/architecture/library'
import type { ComputeContract } from '@shared/contract/compute'
import type { ProposerSpace, ProposerTrainingEvent } from '@shared/contract/proposer'
import { openSpace } from '@shared/spaces'
import type { BlockChainSpace } from '@shared/spaces/block-chain/space'
import { trainProposer } from './learning/train'
import { readCheckpoint } from './model/checkpoint'
import { createProposals, type Proposals } from './use/proposals'
import { reconstructChains } from './use/reconstruct'
import { suggestBlocks } from './use/suggest'

/** What a handler gets: parsed by the contract, defaults filled in. */
type Inputs = {
  [K in keyof ComputeContract]: InferSchemaOutput<NonNullable<ComputeContract[K]['~orpc']['inputSchema']>>
}
type Outputs = InferContractRouterOutputs<ComputeContract>
type Procedure<K extends 'reconstruct' | 'proposerInfo' | 'suggest'> = (input: Inputs[K]) => Promise<Outputs[K]>

export interface ProposerService {
  readonly reconstruct: Procedure<'reconstruct'>
  readonly proposerInfo: Procedure<'proposerInfo'>
  readonly suggest: Procedure<'suggest'>
  /** Stops after the step under way when `signal` aborts. */
  trainProposer(input: Inputs['trainProposer'], signal: AbortSignal | undefined): AsyncGenerator<ProposerTrainingEvent>
}

/**
 * Makes a value anew only for another key: a space remembers shapes and costs, and a search asks for the same one
 * generation after generation.
 */
function keepLast<T>(): (key: string, make: () => T) => T {
  let last: { key: string; value: T } | undefined
  return (key, make) => {
    if (last?.key !== key) last = { key, value: make() }
    return last.value
  }
}

export function createProposerService(): ProposerService {
  let loaded: { readonly folder: string; readonly sha256: string; readonly proposals: Proposals } | undefined
  const spaceFor = keepLast<{ library: BlockLibrary; space: BlockChainSpace }>()

  /** Reads the folder again every time, so that a checkpoint that was trained anew takes effect; it is a few megabytes. */
  const load = async (folder: string): Promise<Proposals> => {
    const checkpoint = await readCheckpoint(folder)
    const { sha256 } = checkpoint.model.weights
    if (loaded?.folder === folder && loaded.sha256 === sha256) return loaded.proposals
    loaded?.proposals.dispose()
    loaded = undefined
    loaded = { folder, sha256, proposals: createProposals(checkpoint) }
    return loaded.proposals
  }
  const placeOf = (space: ProposerSpace, userBlocks: readonly unknown[]) =>
    spaceFor(JSON.stringify([space, userBlocks]), () => {
      const library = storedLibrary(userBlocks)
      const { definition, inputShape, classes } = space
      return { library, space: openSpace(definition, { shape: inputShape, classes }, library) }
    })

  return {
    reconstruct: async ({ checkpoint, space: definition, userBlocks, requests }) => {
      const proposals = await load(checkpoint)
      const place = placeOf(definition, userBlocks)
      const parsed = requests.map((request) => ({ ...request, genotype: place.space.parse(request.genotype) }))
      return reconstructChains({ proposals, ...place }, parsed)
    },
    proposerInfo: async ({ checkpoint }) => {
      const { model, card, arrays } = await readCheckpoint(checkpoint)
      return {
        name: model.name,
        preset: model.preset,
        parameters: arrays.reduce((sum, { values }) => sum + values.length, 0),
        vocabulary: model.vocabulary.size,
        card,
        metrics: model.metrics,
      }
    },
    suggest: async ({ checkpoint, space: definition, userBlocks, genotype, position, count }) => {
      const proposals = await load(checkpoint)
      const place = placeOf(definition, userBlocks)
      return suggestBlocks({ proposals, ...place }, { genotype: place.space.parse(genotype), position, count })
    },
    trainProposer: (job, signal) => trainProposer(job, signal),
  }
}
