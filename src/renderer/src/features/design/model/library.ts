// Which block a node of a document means.
import type { BlockDefinition, BlockLibrary } from '@shared/architecture/block'
import { blockFromDocument } from '@shared/architecture/block-from-document'
import { graphOf, type ArchitectureDocument } from '@shared/architecture/document'

/** The block that `name` means inside `document`: what is embedded wins over the library. */
export function blockIn(
  document: ArchitectureDocument,
  name: string,
  library: BlockLibrary,
): BlockDefinition | undefined {
  const embedded = graphOf(document).definitions.get(name)
  return embedded ? blockFromDocument(embedded.document, library) : library.get(name)
}
