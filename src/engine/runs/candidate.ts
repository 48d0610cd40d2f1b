// From a strategy's proposal to a candidate that can be stored: its document and cost where the space has them, and the key
// under which an earlier result of the same architecture under the same conditions is found again.
import { createHash } from 'node:crypto'
import type { BlockLibrary } from '@shared/architecture/block'
import { hashText } from '@shared/architecture/canonical/hash128'
import type { NetworkCost } from '@shared/architecture/cost'
import { prepareArchitecture } from '@shared/architecture/prepared'
import { KNOWN_COSTS, knownCost } from '@shared/objectives/costs'
import { costsOf, limitsOf } from '@shared/objectives/score'
import type { RunDefinition } from '@shared/search/run'
import type { Space } from '@shared/spaces/space'
import type { Proposal } from '@shared/strategies/strategy'
import type { Evaluator } from '../evaluators/evaluator'
import type { NewTrial } from '../storage/trials'

export interface CandidateFacts {
  readonly space: Space
  readonly library: BlockLibrary
  readonly evaluator: Pick<Evaluator, 'conditions'>
  /** Whose objective and limits say which costs are worked out. */
  readonly definition: Pick<RunDefinition, 'objective' | 'limits' | 'recipe'>
}

/**
 * @param number the trial's number in the run, for its name
 * @throws AppError `invalid-architecture` for a genotype that is not of the space
 */
export function describeCandidate(
  { genotype, origin }: Proposal,
  number: number,
  { space, library, evaluator, definition }: CandidateFacts,
): NewTrial {
  const parsed = space.parse(genotype)
  const document = space.undocumented === undefined ? space.toDocument(parsed, `Trial ${number}`) : null
  const architecture = document && prepareArchitecture(document, library)
  // Of the network, not of the genotype: a cell in another skeleton is another network.
  const architectureHash = architecture?.key ?? hashText(space.canonicalKey(parsed))
  const conditions = evaluator.conditions({ genotype: parsed, origin, architectureHash, architecture })
  return {
    genotype,
    document,
    architectureHash,
    evaluationKey: createHash('sha256').update(JSON.stringify(conditions)).digest('hex'),
    origin,
    parameters: architecture?.cost.parameters ?? null,
    macs: architecture?.cost.macs ?? null,
    costs: architecture === null ? {} : costsAsked(architecture.cost, definition),
  }
}

/** Parameters and multiply-accumulates every trial has; of the other known costs those that the search looks at. */
function costsAsked(cost: NetworkCost, { objective, limits, recipe }: CandidateFacts['definition']) {
  const asked = [...costsOf(objective), ...Object.keys(limitsOf(limits))]
  const names = KNOWN_COSTS.filter((name) => name !== 'parameters' && name !== 'macs' && asked.includes(name))
  return Object.fromEntries(names.map((name) => [name, knownCost(name, cost, recipe.batchSize)]))
}
