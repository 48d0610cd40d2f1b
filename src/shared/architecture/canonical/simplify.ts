// A layer graph without what cannot change its value: dead parts, identities, zeros in sums, merges of one input.
// Every rewrite keeps the function the graph computes and the parameters it trains.
import { completeParameters, layerDefinition } from '../catalogue'
import type { LayerGraph, LayerNode } from '../layer'
import { INPUT_ID } from '../layer'

/** Equivalent graph in the same order; parameters are complete. @throws AppError for a kind the catalogue lacks. */
export function simplifyGraph(graph: LayerGraph): LayerGraph {
  /** What stands for a node: itself, or the node whose value it only passes on. */
  const alias = new Map<string, string>([[INPUT_ID, INPUT_ID]])
  const zeros = new Set<string>()
  const kept = new Map<string, LayerNode>()
  for (const node of graph.nodes) {
    let inputs = node.inputs.map((id) => alias.get(id) ?? id)
    // A sum with at least one other term does not see a zero; shapes of terms are equal, so nothing is lost.
    if (node.kind === 'add') {
      const terms = inputs.filter((id) => !zeros.has(id))
      inputs = terms.length > 0 ? terms : inputs.slice(0, 1)
    }
    const isPassing =
      node.kind === 'identity' || ((node.kind === 'add' || node.kind === 'concatenate') && inputs.length === 1)
    if (isPassing || (node.kind === 'zero' && zeros.has(inputs[0]!))) {
      alias.set(node.id, inputs[0]!)
      continue
    }
    alias.set(node.id, node.id)
    if (node.kind === 'zero') zeros.add(node.id)
    const parameters = completeParameters(layerDefinition(node.kind), node.parameters)
    kept.set(node.id, { id: node.id, kind: node.kind, parameters, inputs })
  }
  const output = alias.get(graph.output) ?? graph.output
  return { input: graph.input, nodes: liveNodes(kept, output), output }
}

function liveNodes(nodes: ReadonlyMap<string, LayerNode>, output: string): LayerNode[] {
  const live = new Set([output])
  const stack = [output]
  for (let id = stack.pop(); id !== undefined; id = stack.pop())
    for (const input of nodes.get(id)?.inputs ?? [])
      if (!live.has(input)) {
        live.add(input)
        stack.push(input)
      }
  return [...nodes.values()].filter((node) => live.has(node.id))
}
