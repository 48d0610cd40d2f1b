// The block library: the built-in blocks and the user's own, under one rule of precedence for training, proposing and showing.
// A stored network names the block its author saw. So what the user designed wins over a built-in block of the same name: the
// workspace refuses such a name, but a later version of the product may bring a block whose name is already in use.
import type { BlockDefinition, BlockLibrary } from './block'
import { blockFromDocument } from './block-from-document'
import { BUILT_IN_BLOCKS } from './blocks'
import { parseDocument } from './document/parse'
import type { ArchitectureDocument } from './document/records'

/**
 * The built-in blocks in their order, then the user's; of two documents with one name the later counts.
 * @throws AppError `invalid-architecture` for a document that is a network
 */
export function blockLibrary(own: readonly ArchitectureDocument[]): BlockLibrary {
  const library = new Map<string, BlockDefinition>(BUILT_IN_BLOCKS)
  for (const document of own) {
    // Looks other blocks up when it is expanded, so their order does not matter.
    const block = blockFromDocument(document, library)
    library.set(block.name, block)
  }
  return library
}

/** As `blockLibrary`, of documents as a workspace or a run stores them. @throws AppError also for what is no document */
export function storedLibrary(own: readonly unknown[]): BlockLibrary {
  return blockLibrary(own.map((document) => parseDocument(document)))
}
