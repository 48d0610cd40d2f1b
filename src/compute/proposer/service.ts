// The proposer's procedures of the compute contract. Loads checkpoints once per folder and keeps the last; TensorFlow comes
// in with the first call.
import type { BlockLibrary } from '@shared/architecture/block'
import { storedLibrary } from '@shared/architecture/library'
import { proposerSpaceSchema, proposerTrainingJobSchema, type ProposerSpace } from '@shared/contract/proposer'
import { createBlockChainSpace, type BlockChainSpace } from '@shared/spaces/block-chain/space'
import type { ProposerService } from '../service/proposer'
import { createProposals, type Proposals } from './use/proposals'
import { readCheckpoint } from './model/checkpoint'
import { reconstructChains } from './use/reconstruct'
import { suggestBlocks } from './use/suggest'
import { trainProposer } from './learning/train'

function spaceOf({ definition, inputShape, classes }: ProposerSpace, library: BlockLibrary): BlockChainSpace {
  return createBlockChainSpace({ definition, inputShape, classes, library })
}

/** A space remembers shapes and costs, and a search asks for the same one generation after generation. */
function remembering<T>(): (key: string, make: () => T) => T {
  let last: { key: string; value: T } | undefined
  return (key, make) => {
    if (last?.key !== key) last = { key, value: make() }
    return last.value
  }
}

export function createProposerService(): ProposerService {
  let loaded: { readonly folder: string; readonly sha256: string; readonly proposals: Proposals } | undefined
  const spaceFor = remembering<{ library: BlockLibrary; space: BlockChainSpace }>()

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
  const placeOf = (json: unknown, userBlocks: readonly unknown[]) =>
    spaceFor(JSON.stringify([json, userBlocks]), () => {
      const library = storedLibrary(userBlocks)
      return { library, space: spaceOf(proposerSpaceSchema.parse(json), library) }
    })

  return {
    reconstruct: async ({ checkpoint, space: definition, userBlocks, requests }) => {
      const proposals = await load(checkpoint)
      const { space, library } = placeOf(definition, userBlocks)
      const parsed = requests.map((request) => ({ ...request, genotype: space.parse(request.genotype) }))
      return reconstructChains(proposals, space, library, parsed)
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
      const { space, library } = placeOf(definition, userBlocks)
      return suggestBlocks(proposals, space, library, space.parse(genotype), position, count)
    },
    trainProposer: (job, signal) => trainProposer(proposerTrainingJobSchema.parse(job), signal),
  }
}
