// Repairs that change what is connected to what.
import { connect } from '../../document/edit/connect'
import { removeAndHeal } from '../../document/edit/remove'
import { OUTPUT_NODE_ID } from '../../document/records'
import type { ElaborationProblem } from '../../elaboration'
import type { CheckContext } from '../context'
import { nodeName } from '../context'
import type { Fix } from '../problem'

/** A merge with a single input only passes it on: it can go. */
export function removeThrough(context: CheckContext, { nodeId }: ElaborationProblem): Fix | undefined {
  const node = nodeId === undefined ? undefined : context.graph.nodes.get(nodeId)
  if (node?.type !== 'layer' || context.graph.incoming(node.id).length !== 1) return undefined
  return {
    title: `Remove ${nodeName(context, node.id)} and connect through`,
    diff: removeAndHeal(context.document, [node.id]),
  }
}

/** Where exactly one node leads nowhere, it is what the output was meant to be. */
export function connectSinkToOutput(context: CheckContext): Fix | undefined {
  const { graph, document } = context
  const sinks = [...graph.nodes.keys()].filter(
    (id) => id !== OUTPUT_NODE_ID && graph.outgoing(id).length === 0 && graph.order.includes(id),
  )
  const [sink] = sinks
  if (sink === undefined || sinks.length > 1) return undefined
  return { title: `Connect ${nodeName(context, sink)} to the output`, diff: connect(document, sink, OUTPUT_NODE_ID) }
}
