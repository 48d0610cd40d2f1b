// The proposer as strategies see it, living in whichever compute is free. The same seed and checkpoint give the same answer on
// any of them, so a compute that dies can simply be asked again (search-loop.ts).
import type { RunDefinition } from '@shared/search/run'
import type { ComputePool } from '../executors/pool'
import type { Reconstructor } from '@shared/strategies/strategy'

export interface ReconstructorOptions {
  readonly pool: ComputePool
  /** Folder of the checkpoint. */
  readonly checkpoint: string
  readonly definition: RunDefinition
  readonly inputShape: readonly [number, number, number]
  readonly classes: number
  readonly userBlocks: readonly unknown[]
  readonly signal: AbortSignal
}

export function createReconstructor(options: ReconstructorOptions): Reconstructor {
  const { pool, checkpoint, definition, inputShape, classes, userBlocks, signal } = options
  return {
    reconstruct: (requests) =>
      pool.run(
        (client) =>
          client.reconstruct(
            {
              checkpoint,
              space: { definition: definition.space, inputShape: [...inputShape] as [number, number, number], classes },
              userBlocks: [...userBlocks],
              requests: requests.map(({ genotype, positions, seed }) => ({
                genotype,
                positions: [...positions],
                seed,
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
