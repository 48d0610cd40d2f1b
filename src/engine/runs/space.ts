// The space that a run visits, opened and proven to leave something that can be trained; and what the proposer can be asked about.
import type { BlockLibrary } from '@shared/architecture/block'
import { evaluatorOf } from '@shared/evaluators/registry'
import { prepareArchitecture } from '@shared/architecture/prepared'
import { AppError } from '@shared/errors'
import { createRandom } from '@shared/random'
import type { RunDefinition } from '@shared/search/run'
import { constrainedSpace } from '@shared/spaces/constrained'
import { openSpace } from '@shared/spaces'
import type { ChainSpaceDefinition } from '@shared/spaces/block-chain/schema'
import type { DataFacts, Space } from '@shared/spaces/space'

type Searched = Pick<RunDefinition, 'space' | 'evaluator'>

/** @throws AppError as `openSpace`; `invalid-input` for a space that the run's evaluator cannot evaluate */
export function spaceOfRun(definition: Searched, facts: DataFacts, library: BlockLibrary): Space {
  const space = openSpace(definition.space, facts, library)
  const refusal = evaluatorOf(definition).refusal(space)
  if (refusal === null) return space
  throw new AppError('invalid-input', refusal.reason, refusal.fix)
}

/**
 * As `spaceOfRun`, without what is banned and with what is pinned; one architecture is drawn, and spelled out where it can be, which proves that limits, image size, bans and pins leave something.
 * @throws AppError also when they do not
 */
export function provenSpace(
  definition: Searched & Pick<RunDefinition, 'seed' | 'bans' | 'pins'>,
  facts: DataFacts,
  library: BlockLibrary,
): Space {
  const space = constrainedSpace(spaceOfRun(definition, facts, library), definition)
  const drawn = space.random(createRandom(definition.seed))
  if (space.undocumented === undefined) prepareArchitecture(space.toDocument(drawn, 'drawn'), library)
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
