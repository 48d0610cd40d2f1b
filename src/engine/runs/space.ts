// The space that a run visits, opened and proven to leave something that can be trained; and what the proposer can be asked about.
import type { BlockLibrary } from '@shared/architecture/block'
import { evaluatorOf } from '@shared/evaluators/registry'
import { prepareArchitecture } from '@shared/architecture/prepared'
import { AppError } from '@shared/errors'
import { createRandom } from '@shared/random'
import { isKnownCost, knownCost } from '@shared/objectives/costs'
import { limitsOf } from '@shared/objectives/score'
import type { RunDefinition } from '@shared/search/run'
import { constrainedSpace } from '@shared/spaces/constrained'
import { openSpace } from '@shared/spaces'
import type { ChainSpaceDefinition } from '@shared/spaces/block-chain/schema'
import { limitedSpace } from '@shared/spaces/limited'
import type { SpaceDefinition } from '@shared/spaces/schema'
import type { DataFacts, Space } from '@shared/spaces/space'

const BYTES_OF_FLOAT32 = 4

type Searched = Pick<RunDefinition, 'space' | 'evaluator' | 'limits' | 'recipe'>

/** @throws AppError as `openSpace`; `invalid-input` for a space that the run's evaluator cannot evaluate */
export function spaceOfRun(definition: Searched, facts: DataFacts, library: BlockLibrary): Space {
  const space = openSpace(tightened(definition), facts, library)
  const refusal = evaluatorOf(definition).refusal(space)
  if (refusal === null) return withinLimits(space, definition, library)
  throw new AppError('invalid-input', refusal.reason, refusal.fix)
}

/** Block chains draw within limits of their own, which costs less than drawing anew. */
function tightened({ space, limits }: Searched): SpaceDefinition {
  if (space.kind !== 'block-chain') return space
  const { parameters = Infinity, weightsBytes = Infinity, macs = Infinity } = limitsOf(limits)
  return {
    ...space,
    maxMacs: Math.min(space.maxMacs, Math.floor(macs)),
    maxParameters: Math.min(space.maxParameters, Math.floor(parameters), Math.floor(weightsBytes / BYTES_OF_FLOAT32)),
  }
}

/** @throws AppError `invalid-input` for limits on a space whose architectures are mere words */
function withinLimits(space: Space, { limits, recipe }: Searched, library: BlockLibrary): Space {
  const most = Object.entries(limitsOf(limits))
  if (most.length === 0) return space
  if (space.undocumented !== undefined)
    throw new AppError(
      'invalid-input',
      `The limits of the search cannot be checked in space ${space.name}: ${space.undocumented}.`,
      'Leave the limits out, or limit columns of the table under "constraints" of the space file (docs/spaces.md).',
    )
  return limitedSpace(space, (genotype) => {
    const { cost } = prepareArchitecture(space.toDocument(genotype, 'candidate'), library)
    for (const [name, limit] of most) {
      const value = isKnownCost(name) ? knownCost(name, cost, recipe.batchSize) : 0
      if (value > limit) return `${name} ${value} is above the limit of ${limit}`
    }
    return null
  })
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
  const space = tightened(definition)
  if (space.kind === 'block-chain') return space
  throw new AppError(
    'invalid-input',
    `The strategy ${definition.strategy.name} needs the proposer, which writes block chains; this search visits ${space.kind}.`,
    'Choose the strategy ga or random.',
  )
}
