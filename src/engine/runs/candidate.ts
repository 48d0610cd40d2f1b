// From a strategy's proposal to a candidate that can be stored: its document and cost, and the key under which an earlier
// result of the same architecture under the same conditions is found again.
import { createHash } from 'node:crypto'
import type { BlockLibrary } from '@shared/architecture/block'
import { prepareArchitecture } from '@shared/architecture/prepared'
import type { RunDefinition } from '@shared/search/run'
import type { Space } from '@shared/spaces/space'
import { trainableNodes, trainingSeed } from '../evaluators/training/training'
import type { NewTrial } from '../storage/trials'
import type { Proposal } from '@shared/strategies/strategy'

export interface CandidateFacts {
  readonly definition: RunDefinition
  readonly space: Space
  readonly library: BlockLibrary
  /** Of the images that the run trains on. */
  readonly fingerprint: string
}

/**
 * @param number the trial's number in the run, for its name
 * @throws AppError `invalid-architecture` for a genotype that is not of the space
 */
export function describeCandidate(
  { genotype, origin }: Proposal,
  number: number,
  { definition, space, library, fingerprint }: CandidateFacts,
): NewTrial {
  const parsed = space.parse(genotype)
  const document = space.toDocument(parsed, `Trial ${number}`)
  const architecture = prepareArchitecture(document, library)
  const { parameters, macs } = architecture.cost
  // Of the network, not of the genotype: a cell in another skeleton is another network.
  const architectureHash = architecture.key
  const { data, recipe, seed } = definition
  const evaluation = {
    architectureHash,
    fingerprint,
    // Left out where there is none, so that results of before it was a setting keep their key.
    ...(data.resolution !== null && { resolution: data.resolution }),
    trainImages: data.trainImages,
    validationImages: data.validationImages,
    splitSeed: data.splitSeed,
    recipe,
    seed: trainingSeed(seed, architectureHash),
    trainable: trainableNodes(definition, architecture, origin),
  }
  return {
    genotype,
    document,
    architectureHash,
    evaluationKey: createHash('sha256').update(JSON.stringify(evaluation)).digest('hex'),
    origin,
    parameters,
    macs,
  }
}
