// How large a picture may be. The canvas holds every line and card at once, so its work grows with them whatever is in view.
import { graphOf, type ArchitectureDocument } from '@shared/architecture/document'

/**
 * Nodes and connections that are drawn; beyond them a design is a list. 1,000 flat layers open in a moment; 5,000 held the page for a
 * minute (decision 121). The largest network of the zoo has 350 nodes.
 */
export const MAX_DRAWN_NODES = 1_500
const MAX_DRAWN_EDGES = 5_000

export function isDrawable(document: ArchitectureDocument): boolean {
  const { nodes, edges } = graphOf(document)
  return nodes.size <= MAX_DRAWN_NODES && edges.length <= MAX_DRAWN_EDGES
}
