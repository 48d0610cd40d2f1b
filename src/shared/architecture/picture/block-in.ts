// Which block a node of a document means.
import type { BlockDefinition, BlockLibrary } from '../block'
import { blockFromDocument } from '../block-from-document'
import { graphOf, type ArchitectureDocument, type DocumentGraph } from '../document'

/** By what is embedded, which stays the same map while nodes are edited. */
const known = new WeakMap<
  DocumentGraph['definitions'],
  { readonly library: BlockLibrary; readonly blocks: BlockLibrary }
>()

/** Every block that a name may mean inside `document`: what is embedded wins over the library. */
export function blocksIn(document: ArchitectureDocument, library: BlockLibrary): BlockLibrary {
  const { definitions } = graphOf(document)
  if (definitions.size === 0) return library
  const before = known.get(definitions)
  if (before?.library === library) return before.blocks
  // What is inside an embedded block is embedded beside it.
  const blocks = new Map(library)
  for (const held of definitions.values()) blocks.set(held.name, blockFromDocument(held.document, blocks))
  known.set(definitions, { library, blocks })
  return blocks
}

/** The block that `name` means inside `document`. */
export const blockIn = (
  document: ArchitectureDocument,
  name: string,
  library: BlockLibrary,
): BlockDefinition | undefined => blocksIn(document, library).get(name)
