// The classes of the block classifier, frozen like the vocabulary: class i of a checkpoint is the block at index i.
import { PAPER_BLOCKS } from '../../architecture/blocks'

/** The paper's 15 blocks in the order of its Table II. A user's block has no class and is scored by likelihood. */
export const PAPER_BLOCK_NAMES: readonly string[] = [...PAPER_BLOCKS.keys()]
