// What leaves the architecture: one logit per class from a network, a map of the asked width from a block.
import { Draft } from '../../document/draft'
import { removeAndHeal } from '../../document/edit/remove'
import { setParameter } from '../../document/edit/set'
import { OUTPUT_NODE_ID } from '../../document/records'
import type { CheckContext, Rule } from '../context'
import { shapeText } from '../context'
import type { Fix, Problem } from '../problem'
import { insertChain } from '../repairs/shapes'
import { withFix } from './meaning'

export const outputShape: Rule = (context) => {
  const { meta } = context.graph
  const shape = context.elaboration.nodeShapes.get(OUTPUT_NODE_ID)
  if (!shape || meta.kind !== 'network') return []
  if (shape.length === 1 && shape[0] === meta.classes) return []
  return [
    {
      code: 'output-shape',
      severity: 'error',
      nodeId: OUTPUT_NODE_ID,
      message: `The output is ${shapeText(shape)}, expected one number for each of the ${meta.classes} classes.`,
      ...withFix(addHead(context, shape.length)),
    },
  ]
}

/** Logits are what training wants: softmax is part of its loss, and applied twice it flattens the gradient. */
export const softmaxOutput: Rule = ({ document, graph }) => {
  const source = graph.incoming(OUTPUT_NODE_ID)[0]?.from
  const node = source === undefined ? undefined : graph.nodes.get(source)
  if (node?.type !== 'layer' || node.kind !== 'softmax' || graph.meta.kind !== 'network') return []
  return [
    {
      code: 'softmax-output',
      severity: 'warning',
      nodeId: node.id,
      message: 'The network ends with softmax, but training applies softmax itself: the output should be logits.',
      fix: { title: 'Remove softmax', diff: removeAndHeal(document, [node.id]) },
    },
  ]
}

/** A block that a chain can use gives a map with as many channels as its width says. */
export const blockOutput: Rule = ({ elaboration, graph }) => {
  const { meta } = graph
  const shape = elaboration.nodeShapes.get(OUTPUT_NODE_ID)
  if (!shape || meta.kind !== 'block') return []
  const width = meta.parameters.width
  const place = { code: 'block-output', severity: 'warning', nodeId: OUTPUT_NODE_ID } as const
  const problems: Problem[] = []
  if (shape.length !== 3)
    problems.push({ ...place, message: `The block gives ${shapeText(shape)}: a chain can only go on from a map.` })
  else if (width?.type === 'integer' && shape[2] !== width.default)
    problems.push({
      ...place,
      message: `The block gives ${shape[2]} channels although its width is ${width.default}: let the last layer follow width.`,
    })
  return problems
}

function addHead({ document, graph }: CheckContext, rank: number): Fix | undefined {
  const edge = graph.incoming(OUTPUT_NODE_ID)[0]
  const source = edge && graph.nodes.get(edge.from)
  if (!edge || !source) return undefined
  const features = { features: { bind: 'classes' } }
  if (source.type === 'layer' && source.kind === 'dense')
    return {
      title: 'Let its features follow the number of classes',
      diff: setParameter(document, source.id, 'features', features.features),
    }
  const draft = new Draft(document)
  const head = [{ kind: 'dense', parameters: features }]
  insertChain(draft, edge, rank === 3 ? [{ kind: 'global-average-pool' }, { kind: 'flatten' }, ...head] : head)
  return { title: 'Add a classifier', diff: draft.diff() }
}
