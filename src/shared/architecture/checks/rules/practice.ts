// What works but is hardly meant: convolutions without normalisation, a view much smaller or larger than the image.
import { addNode } from '../../document/edit/add'
import { catalogue } from '../../catalogue'
import { MAX_PROBLEMS } from '../../elaboration'
import type { LayerNode } from '../../layer'
import type { CheckContext, Rule } from '../context'
import { nodeName } from '../context'

const CONVOLUTIONS: ReadonlySet<string> = new Set(['conv2d', 'depthwise-conv2d'])
/** What may stand between a last convolution and the output of a fully convolutional classifier. */
const TAIL: ReadonlySet<string> = new Set(['global-average-pool', 'average-pool', 'flatten', 'dropout', 'softmax'])

/** Below half of the image no position sees how its parts belong together. Chosen by the authors. */
const SMALLEST_VIEW = 1 / 2
/** ResNet-50 at 32x32 has 15 times the image, which is known to train well; beyond that depth adds little. */
const LARGEST_VIEW = 16

/**
 * Convolutions of the document's own without batch norm right behind (Ioffe & Szegedy 2015, section 3.2) or in front, as in
 * pre-activation blocks (He et al. 2016b); gates on a 1x1 map and a last convolution that gives the logits need none.
 */
export const missingNormalisation: Rule = (context) =>
  context.elaboration.layers
    .filter((layer) => CONVOLUTIONS.has(layer.kind) && context.elaboration.nodeOf.get(layer.id) === layer.id)
    .filter((layer) => !isNormalised(context, layer) && !isGate(context, layer) && !givesLogits(context, layer))
    .slice(0, MAX_PROBLEMS)
    .map((layer) => ({
      code: 'missing-normalisation',
      severity: 'hint',
      nodeId: layer.id,
      message: `${nodeName(context, layer.id)} has no batch normalisation behind it, which usually makes training slower or unstable.`,
      fix: {
        title: 'Insert batch normalisation',
        diff: addNode(context.document, { kind: 'batch-norm' }, { after: layer.id }),
      },
    }))

/** Compares what one position before the classifier sees with the image. */
export const receptiveField: Rule = (context) => {
  const { elaboration, layers, cost, graph } = context
  const [height, width] = elaboration.input
  if (elaboration.output === undefined || graph.meta.kind !== 'network' || height === undefined || width === undefined)
    return []
  let last = layers.get(elaboration.output)
  while (
    last &&
    last.inputs.length === 1 &&
    (TAIL.has(last.kind) || last.kind === 'dense' || familyOf(last) === 'activation')
  )
    last = layers.get(last.inputs[0]!)
  const view = last && cost.layers.get(last.id)?.receptiveField
  if (!last || !view) return []
  const ratio = Math.min(view[0] / height, view[1] / width)
  // A gate sees the whole image at once, so behind one the figure says nothing about too much.
  const hasGates = elaboration.layers.some(
    (layer) =>
      layer.kind === 'global-average-pool' && context.consumers(layer.id).some((next) => next.kind !== 'flatten'),
  )
  const isSmall = ratio < SMALLEST_VIEW
  if (!isSmall && (hasGates || ratio <= LARGEST_VIEW)) return []
  const nodeId = elaboration.nodeOf.get(last.id)
  return [
    {
      code: 'receptive-field',
      severity: 'hint',
      ...(nodeId === undefined ? {} : { nodeId }),
      message: isSmall
        ? `Before the classifier one position sees ${view[0]}x${view[1]} of the ${height}x${width} input: more depth, stride or dilation would let it see whole objects.`
        : `Before the classifier one position sees ${view[0]}x${view[1]}, far more than the ${height}x${width} input: fewer layers or less stride would do.`,
    },
  ]
}

function isNormalised(context: CheckContext, layer: LayerNode): boolean {
  if (context.consumers(layer.id).some((next) => next.kind === 'batch-norm')) return true
  for (let at = context.layers.get(layer.inputs[0]!); at; at = context.layers.get(at.inputs[0]!)) {
    if (at.kind === 'batch-norm') return true
    if (familyOf(at) !== 'activation') return false
  }
  return false
}

function isGate({ elaboration, layers }: CheckContext, layer: LayerNode): boolean {
  const input = layers.has(layer.inputs[0]!) ? elaboration.shapes.get(layer.inputs[0]!) : elaboration.input
  return input?.[0] === 1 && input[1] === 1
}

function givesLogits(context: CheckContext, layer: LayerNode): boolean {
  let at: LayerNode | undefined = layer
  while (at) {
    const next: readonly LayerNode[] = context.consumers(at.id)
    if (next.length === 0) return at.id === context.elaboration.output
    if (next.length > 1 || !TAIL.has(next[0]!.kind)) return false
    at = next[0]
  }
  return false
}

function familyOf(layer: LayerNode): string | undefined {
  return catalogue.get(layer.kind)?.family
}
