// Which nodes of a network an export holds: what leads nowhere is left out.
import type { LayerGraph } from '@shared/architecture/layer'

/** Ids of the output and of every node it depends on. */
export function ancestorsOf({ nodes, output }: LayerGraph): ReadonlySet<string> {
  const found = new Set([output])
  for (const node of [...nodes].reverse()) if (found.has(node.id)) for (const input of node.inputs) found.add(input)
  return found
}
