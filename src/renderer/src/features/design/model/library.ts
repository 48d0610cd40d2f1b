// The blocks an editor may use: the built-in ones and the user's own, and which of them a node of a document means.
import type { BlockDefinition, BlockLibrary } from '@shared/architecture/block'
import { BUILT_IN_BLOCKS } from '@shared/architecture/blocks'
import { blockFromDocument } from '@shared/architecture/block-from-document'
import { graphOf, metaOf, type ArchitectureDocument } from '@shared/architecture/document'

/** Built-in blocks and those made of `documents`; a later document of one name wins, a built-in name never gives way. */
export function libraryWith(documents: readonly ArchitectureDocument[]): BlockLibrary {
  const library = new Map<string, BlockDefinition>()
  for (const document of documents) library.set(metaOf(document).name, blockFromDocument(document, library))
  for (const [name, block] of BUILT_IN_BLOCKS) library.set(name, block)
  return library
}

/** The block that `name` means inside `document`: what is embedded wins over the library. */
export function blockIn(
  document: ArchitectureDocument,
  name: string,
  library: BlockLibrary,
): BlockDefinition | undefined {
  const embedded = graphOf(document).definitions.get(name)
  return embedded ? blockFromDocument(embedded.document, library) : library.get(name)
}
