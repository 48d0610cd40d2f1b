// A user's block document as a block of the library: the same interface as the paper's blocks, spelled out by expand.ts.
import { AppError } from '../errors'
import type { BlockLibrary } from './block'
import type { ArchitectureDocument, BlockMeta } from './document/records'
import { metaOf } from './document/graph'
import type { UserBlockDefinition } from './document/user-block'
import { expandBlockDocument } from './expand'

export { isUserBlock, type UserBlockDefinition } from './document/user-block'

/** @throws AppError `invalid-architecture` when the document is a network. */
function blockMetaOf(document: ArchitectureDocument): BlockMeta {
  const meta = metaOf(document)
  if (meta.kind === 'block') return meta
  throw new AppError(
    'invalid-architecture',
    `"${meta.name}" is a network, expected a block.`,
    'Select the part that repeats and group it into a block.',
  )
}

/**
 * @param library where blocks that the document uses but does not embed are looked up, when the block is expanded.
 * @throws AppError `invalid-architecture` when the document is a network; problems inside show when it is expanded.
 */
export function blockFromDocument(
  document: ArchitectureDocument,
  library: BlockLibrary = new Map(),
): UserBlockDefinition {
  const meta = blockMetaOf(document)
  return {
    name: meta.name,
    title: meta.title ?? meta.name,
    origin: 'user',
    help: meta.help ?? '',
    parameters: meta.parameters,
    document,
    expand: (parameters, input) => expandBlockDocument(document, parameters, input, library),
  }
}
