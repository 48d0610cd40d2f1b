// The space that a run visits, opened and proven to leave something that can be trained; and what the proposer can be asked about.
import type { BlockLibrary } from '@shared/architecture/block'
import { prepareArchitecture } from '@shared/architecture/prepared'
import { AppError } from '@shared/errors'
import { createRandom } from '@shared/random'
import type { RunDefinition } from '@shared/search/run'
import { openSpace } from '@shared/spaces'
import type { ChainSpaceDefinition } from '@shared/spaces/block-chain/schema'
import type { DataFacts, Space } from '@shared/spaces/space'

type Searched = Pick<RunDefinition, 'space'>

/** @throws AppError as `openSpace`; `invalid-input` for a space of mere words, which builds nothing to train */
export function spaceOfRun(definition: Searched, facts: DataFacts, library: BlockLibrary): Space {
  const space = openSpace(definition.space, facts, library)
  if (space.undocumented === undefined) return space
  throw new AppError(
    'invalid-input',
    `The architectures of space ${space.name} cannot be trained: ${space.undocumented}.`,
    'Describe what each choice builds under "blocks" of the space file (docs/spaces.md).',
  )
}

/**
 * As `spaceOfRun`; one architecture is drawn and spelled out, which proves that limits and image size leave something.
 * @throws AppError also when they do not
 */
export function provenSpace(
  definition: Searched & Pick<RunDefinition, 'seed'>,
  facts: DataFacts,
  library: BlockLibrary,
): Space {
  const space = spaceOfRun(definition, facts, library)
  prepareArchitecture(space.toDocument(space.random(createRandom(definition.seed)), 'drawn'), library)
  return space
}

/** What the proposer is told of the run's space. @throws AppError `invalid-input`: it knows block chains only */
export function proposableSpace(definition: Searched & Pick<RunDefinition, 'strategy'>): ChainSpaceDefinition {
  const { space } = definition
  if (space.kind === 'block-chain') return space
  throw new AppError(
    'invalid-input',
    `The strategy ${definition.strategy.name} needs the proposer, which writes block chains; this search visits ${space.kind}.`,
    'Choose the strategy ga or random.',
  )
}
