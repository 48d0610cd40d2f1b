// Which block a node of a document means.
import type { BlockDefinition, BlockLibrary } from '../block'
import { blockFromDocument } from '../block-from-document'
import { graphOf, type ArchitectureDocument } from '../document'

/** The block that `name` means inside `document`: what is embedded wins over the library. */
export function blockIn(
  document: ArchitectureDocument,
  name: string,
  library: BlockLibrary,
): BlockDefinition | undefined {
  const { definitions } = graphOf(document)
  if (!definitions.has(name)) return library.get(name)
  // What is inside an embedded block is embedded beside it.
  const beside = new Map(library)
  for (const held of definitions.values()) beside.set(held.name, blockFromDocument(held.document, beside))
  return beside.get(name)
}
