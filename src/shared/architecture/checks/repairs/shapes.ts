// Repairs that make shapes fit: convolutions in front of a merge, flatten in front of a dense layer, padding for a window.
import { catalogue } from '../../catalogue'
import { MAX_CHANNELS } from '../../catalogue/parameter-specs'
import { isMap } from '../../catalogue/window'
import { insertIntoEdge } from '../../document/edit/add'
import { Draft } from '../../document/draft'
import { removeAndHeal } from '../../document/edit/remove'
import { setParameter } from '../../document/edit/set'
import type { EdgeRecord, LayerRecord } from '../../document/records'
import type { ElaborationProblem } from '../../elaboration'
import { inputShapes, type MapShape } from '../../layer'
import type { CheckContext } from '../context'
import { nodeName } from '../context'
import type { Fix } from '../problem'

/** Largest stride of a projection; beyond it the shapes have nothing to do with each other (conv2d's own maximum may be larger). */
const MAX_PROJECTION_STRIDE = 8

/** Pooling and flatten in front of a dense layer that got a map. */
export function flattenFirst(context: CheckContext, { nodeId, inputs }: ElaborationProblem): Fix | undefined {
  const node = layerOf(context, nodeId)
  const edge = node && context.graph.incoming(node.id)[0]
  if (!edge || node.kind !== 'dense' || inputs?.[0]?.length !== 3) return undefined
  const draft = new Draft(context.document)
  insertChain(draft, edge, [{ kind: 'global-average-pool' }, { kind: 'flatten' }])
  return { title: 'Insert global average pooling and flatten', diff: draft.diff() }
}

/** A 1x1 convolution with batch norm (the projection of ResNet's shortcuts) on every input of a merge that does not fit. */
export function matchInputs(context: CheckContext, { nodeId, inputs = [] }: ElaborationProblem): Fix | undefined {
  const node = layerOf(context, nodeId)
  if (!node || !['add', 'multiply', 'concatenate'].includes(node.kind)) return undefined
  if (!inputs.every(isMap)) return undefined
  const isGate = (shape: MapShape): boolean => node.kind === 'multiply' && shape[0] === 1 && shape[1] === 1
  const maps = inputs.filter((shape) => !isGate(shape))
  // Only making maps smaller is possible, so the smallest one is what the others are brought to.
  const [target] = [...maps].sort((a, b) => a[0] * a[1] - b[0] * b[1])
  if (!target) return undefined
  const draft = new Draft(context.document)
  const edges = context.graph.incoming(node.id)
  let projected = 0
  for (const [index, shape] of inputs.entries()) {
    const wanted: MapShape = isGate(shape)
      ? [1, 1, target[2]]
      : [target[0], target[1], node.kind === 'concatenate' ? shape[2] : target[2]]
    if (wanted.every((size, axis) => size === shape[axis])) continue
    const stride = projectionStride(shape, wanted)
    const edge = edges[index]
    if (stride === undefined || !edge || wanted[2] > MAX_CHANNELS) return undefined
    const parameters = { channels: wanted[2], kernel: [1, 1] as const, stride }
    insertChain(draft, edge, [{ kind: 'conv2d', parameters }, { kind: 'batch-norm' }])
    projected++
  }
  if (projected === 0) return undefined
  const what = projected === 1 ? 'a 1x1 convolution' : `${projected} 1x1 convolutions`
  return { title: `Insert ${what} so that the shapes match`, diff: draft.diff() }
}

/** Half padding where that makes the window fit; else a pooling that has nothing left to pool goes. */
export function fitWindow(context: CheckContext, { nodeId, inputs }: ElaborationProblem): Fix | undefined {
  const node = layerOf(context, nodeId)
  const definition = node && catalogue.get(node.kind)
  const parameters = node && context.elaboration.parameters.get(node.id)
  if (!definition || !parameters || !inputs) return undefined
  if (parameters.padding !== 'half' && definition.shape({ ...parameters, padding: 'half' }, inputShapes(inputs)).ok)
    return { title: 'Set padding to half', diff: setParameter(context.document, node.id, 'padding', 'half') }
  if (definition.family !== 'pooling') return undefined
  return { title: `Remove ${nodeName(context, node.id)}`, diff: removeAndHeal(context.document, [node.id]) }
}

/** New layers, one behind the other, into an edge. */
export function insertChain(
  draft: Draft,
  edge: EdgeRecord,
  layers: readonly { readonly kind: string; readonly parameters?: LayerRecord['parameters'] }[],
): void {
  // Each one is put in front of the last: the original edge then ends at the one inserted last.
  for (const layer of [...layers].reverse()) insertIntoEdge(draft, layer, draft.edge(edge.id))
}

/** The stride at which a 1x1 convolution turns the height and width of `from` into those of `to`, if there is one. */
function projectionStride(from: MapShape, to: MapShape): readonly [number, number] | undefined {
  const along = (axis: 0 | 1): number | undefined => {
    for (let stride = 1; stride <= MAX_PROJECTION_STRIDE; stride++)
      if (Math.ceil(from[axis] / stride) === to[axis]) return stride
    return undefined
  }
  const [vertical, horizontal] = [along(0), along(1)]
  return vertical === undefined || horizontal === undefined ? undefined : [vertical, horizontal]
}

function layerOf({ graph }: CheckContext, nodeId: string | undefined): LayerRecord | undefined {
  const node = nodeId === undefined ? undefined : graph.nodes.get(nodeId)
  return node?.type === 'layer' ? node : undefined
}
