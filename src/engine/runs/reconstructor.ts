// The proposer as strategies see it, living in whichever compute is free. The same seed and checkpoint give the same answer on
// any of them, so a compute that dies can simply be asked again (search-loop.ts).
import type { ChainSpaceDefinition } from '@shared/spaces/block-chain/schema'
import type { ComputePool } from '../executors/pool'
import type { PaperProposer } from '@shared/strategies/paper-proposers'
import type { Reconstructor } from '@shared/strategies/strategy'

export interface ReconstructorOptions {
  readonly pool: ComputePool
  /** Folder of the checkpoint that is asked for, or of the one that there is. */
  readonly checkpoint: (name?: PaperProposer) => string
  readonly space: ChainSpaceDefinition
  readonly facts: { readonly shape: readonly [number, number, number]; readonly classes: number }
  readonly userBlocks: readonly unknown[]
  readonly signal: AbortSignal
}

export function createReconstructor(options: ReconstructorOptions): Reconstructor {
  const { pool, checkpoint, space, facts, userBlocks, signal } = options
  const [height, width, channels] = facts.shape
  return {
    reconstruct: (requests) =>
      pool.run(
        (client) =>
          client.reconstruct(
            {
              checkpoint: checkpoint(requests[0]?.proposer),
              space: { definition: space, inputShape: [height, width, channels], classes: facts.classes },
              userBlocks: [...userBlocks],
              requests: requests.map(({ genotype, positions, seed, temperature = 1 }) => ({
                genotype,
                positions: [...positions],
                seed,
                temperature,
              })),
            },
            { signal },
          ),
        signal,
        // Other threads round differently, and a search must not depend on what ran before it.
        'of-slot',
      ),
  }
}
