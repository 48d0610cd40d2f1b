// Loose ends: parts that lead nowhere, an input nobody reads, two values in one place.
import { removeNodes } from '../../document/edit/remove'
import { reach } from '../../document/graph'
import { INPUT_NODE_ID, OUTPUT_NODE_ID } from '../../document/records'
import { Draft } from '../../document/draft'
import { MAX_PROBLEMS } from '../../elaboration'
import { freeSlot, inputCapacity } from '../../document/edit/connect'
import type { CheckContext, Rule } from '../context'
import { nodeName } from '../context'
import type { Fix, Problem } from '../problem'
import { withFix } from './meaning'

/** One problem for each connected part that does not lead to the output. */
export const deadParts: Rule = (context) => {
  const { graph, document } = context
  // Without an output everything is dead, and that is said already.
  if (graph.incoming(OUTPUT_NODE_ID).length === 0) return []
  const isDead = (id: string): boolean => !graph.live.has(id) && id !== INPUT_NODE_ID
  const done = new Set<string>()
  const problems: Problem[] = []
  for (const start of graph.order) {
    if (problems.length >= MAX_PROBLEMS) break
    if (done.has(start) || !isDead(start)) continue
    const neighbours = (id: string): string[] =>
      [...graph.incoming(id).map((edge) => edge.from), ...graph.outgoing(id).map((edge) => edge.to)].filter(isDead)
    const part = [...reach([start], neighbours)]
    for (const id of part) done.add(id)
    const isAlone = part.length === 1 && graph.incoming(start).length === 0
    const end = part.find((id) => graph.outgoing(id).length === 0) ?? start
    problems.push({
      code: isAlone ? 'dangling-node' : 'dead-branch',
      severity: 'warning',
      nodeId: end,
      message: isAlone
        ? `${nodeName(context, start)} is not connected to anything.`
        : `${nodeName(context, end)} does not lead to the output: ${part.length === 1 ? 'it has' : `these ${part.length} nodes have`} no effect.`,
      fix: {
        title: part.length === 1 ? `Remove ${nodeName(context, end)}` : `Remove the ${part.length} nodes`,
        diff: removeNodes(document, part),
      },
    })
  }
  return problems
}

export const unreadInput: Rule = ({ graph }) =>
  graph.live.has(INPUT_NODE_ID) || graph.incoming(OUTPUT_NODE_ID).length === 0
    ? []
    : [
        {
          code: 'no-input',
          severity: 'error',
          nodeId: INPUT_NODE_ID,
          message: 'The output does not depend on the input: connect the input to the first layer.',
        },
      ]

/** Two connections in one slot, which only a damaged or hand-written file has; a merge may have room beside it. */
export const duplicateSlots: Rule = (context) => {
  const problems: Problem[] = []
  for (const [id, node] of context.graph.nodes) {
    if (problems.length >= MAX_PROBLEMS) break
    const incoming = context.graph.incoming(id)
    for (const [index, edge] of incoming.entries()) {
      if (problems.length >= MAX_PROBLEMS) break
      if (index === 0 || incoming[index - 1]!.slot !== edge.slot || inputCapacity(node) < 2) continue
      problems.push({
        code: 'duplicate-slot',
        severity: 'error',
        nodeId: id,
        edgeId: edge.id,
        message: `Two connections lead to input ${edge.slot + 1} of ${nodeName(context, id)}.`,
        ...withFix(ownSlot(context, edge.id)),
      })
    }
  }
  return problems
}

function ownSlot({ document, graph }: CheckContext, edgeId: string): Fix {
  const draft = new Draft(document)
  const edge = draft.edge(edgeId)
  const slot = freeSlot(graph.incoming(edge.to))
  draft.set({ ...edge, slot })
  return { title: `Move it to input ${slot + 1}`, diff: draft.diff() }
}
