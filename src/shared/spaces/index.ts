// The registry of spaces: the one way from a definition to a space, for runs, command line, proposer and window. A new space is
// a folder with schema.ts and index.ts, a line in schema.ts and one here; the conformance suite then runs over it.
import type { BlockLibrary } from '../architecture/block'
import { chainKind } from './block-chain'
import type { ChainSpaceDefinition } from './block-chain/schema'
import type { BlockChainSpace } from './block-chain/space'
import { cellKind } from './nas-bench-101'
import { edgeKind } from './nas-bench-201'
import type { SpaceDefinition, SpaceKindName } from './schema'
import { singleKind } from './single'
import type { DataFacts, Space, SpaceKind } from './space'
import { userKind } from './user'

/** By the discriminant, so each is only ever handed definitions of its own kind. */
const SPACE_KINDS: Readonly<Record<SpaceKindName, SpaceKind<SpaceDefinition>>> = {
  'block-chain': chainKind,
  'nas-bench-101': cellKind,
  'nas-bench-201': edgeKind,
  user: userKind,
  single: singleKind,
}

/**
 * @param facts of the images that architectures are for
 * @param library the built-in blocks and the user's own
 * @throws AppError `invalid-input`, `invalid-architecture` when the definition leaves no architecture for such images
 */
export function openSpace(definition: ChainSpaceDefinition, facts: DataFacts, library: BlockLibrary): BlockChainSpace
export function openSpace(definition: SpaceDefinition, facts: DataFacts, library: BlockLibrary): Space
export function openSpace(definition: SpaceDefinition, facts: DataFacts, library: BlockLibrary): Space {
  return SPACE_KINDS[definition.kind].open(definition, facts, library)
}
