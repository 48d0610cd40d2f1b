// Turns a definition into a run to store: the user's blocks and designed networks frozen as they are now.
import { parseDocument } from '@shared/architecture/document'
import { storedLibrary } from '@shared/architecture/library'
import { AppError } from '@shared/errors'
import { plannedTrials } from '@shared/search/planning'
import type { RunDefinition } from '@shared/search/run'
import type { BlockChainSpace } from '@shared/spaces/block-chain/space'
import { spaceOf, visitedSpace } from '../runs/preparation'
import { loadDesign, searchableBlocks } from '../storage/designs'
import type { NewRun } from '../storage/runs'
import type { Services } from './services'

/** @throws AppError `invalid-input`, `invalid-architecture`, `not-found` when the search could never run as defined. */
export async function newRunOf({ store, datasets }: Services, id: string, definition: RunDefinition): Promise<NewRun> {
  const userBlocks = await searchableBlocks(store.db)
  const facts = datasets.describe(definition.data.dataset, definition.data.resolution)
  if (definition.architecture !== undefined) {
    // One architecture is one trial, whatever else the definition says; what cannot be trained is refused here.
    visitedSpace(definition, facts, storedLibrary(userBlocks))
    const single: RunDefinition = { ...definition, strategy: 'random', populationSize: 1, generations: 1, seedDesigns: [] } // prettier-ignore
    return { id, definition: single, userBlocks, seeds: [], planned: 1 }
  }
  const space = spaceOf(definition, facts, storedLibrary(userBlocks))
  const seeds: NewRun['seeds'][number][] = []
  for (const designId of definition.seedDesigns) {
    const { design, document } = await loadDesign(store.db, designId)
    const seed = seedOf(space, document)
    if (typeof seed === 'string') {
      throw new AppError(
        'invalid-input',
        `The network "${design.name}" cannot seed this search: ${seed}.`,
        'Change the network or the limits of the space, or leave it out.',
      )
    }
    seeds.push(seed)
  }
  return { id, definition, userBlocks, seeds, planned: plannedTrials(definition) }
}

/** The genotype of a designed network, or why the space cannot express it. */
export function seedOf(space: BlockChainSpace, document: unknown): Record<string, unknown> | string {
  const result = space.fromDocument(parseDocument(document))
  return 'reason' in result ? result.reason : { ...result.genotype }
}
