// From a strategy's proposal to a candidate that can be stored: its document and cost where the space has them, and the key
// under which an earlier result of the same architecture under the same conditions is found again.
import { createHash } from 'node:crypto'
import type { BlockLibrary } from '@shared/architecture/block'
import { hashText } from '@shared/architecture/canonical/hash128'
import { prepareArchitecture } from '@shared/architecture/prepared'
import type { Space } from '@shared/spaces/space'
import type { Proposal } from '@shared/strategies/strategy'
import type { Evaluator } from '../evaluators/evaluator'
import type { NewTrial } from '../storage/trials'

export interface CandidateFacts {
  readonly space: Space
  readonly library: BlockLibrary
  readonly evaluator: Pick<Evaluator, 'conditions'>
}

/**
 * @param number the trial's number in the run, for its name
 * @throws AppError `invalid-architecture` for a genotype that is not of the space
 */
export function describeCandidate(
  { genotype, origin }: Proposal,
  number: number,
  { space, library, evaluator }: CandidateFacts,
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
  }
}
