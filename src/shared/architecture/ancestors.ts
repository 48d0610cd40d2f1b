// Which part of a network its output depends on: what an export writes and an import keeps.
import type { LayerGraph } from './layer'

/** Ids of the output and of every node it depends on. @param graph whose nodes follow what they read */
export function ancestorsOf({ nodes, output }: LayerGraph): ReadonlySet<string> {
  const found = new Set([output])
  for (const node of [...nodes].reverse()) if (found.has(node.id)) for (const input of node.inputs) found.add(input)
  return found
}

/** The scores: a softmax at the end is the loss's, or the option of an export. */
export function scoresOf({ nodes, output }: LayerGraph): string {
  const last = nodes.find(({ id }) => id === output)
  return last?.kind === 'softmax' ? (last.inputs[0] ?? output) : output
}

/** The network that ends with its scores. */
export const withoutLastSoftmax = (graph: LayerGraph): LayerGraph => ({ ...graph, output: scoresOf(graph) })
