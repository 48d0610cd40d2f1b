// What it takes to propose blocks of chains: a loaded checkpoint, the space they must lie in and the library of its blocks.
import type { BlockLibrary } from '@shared/architecture/block'
import type { BlockChainSpace } from '@shared/spaces/block-chain/space'
import type { Proposals } from './proposals'

export interface ChainProposer {
  readonly proposals: Proposals
  readonly space: BlockChainSpace
  /** Where the space's blocks come from. */
  readonly library: BlockLibrary
}
