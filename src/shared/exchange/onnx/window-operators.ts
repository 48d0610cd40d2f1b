// Operators of ONNX that move a window over a map, and the zeros that an operator before them puts around it.
import { isMap } from '../../architecture/catalogue/window'
import { NoLayer } from '../imported/network-builder'
import { isNeverNegative } from '../imported/not-negative'
import type { FoundWindow } from '../imported/padded-window'
import type { GraphImporter } from './importer'
import { outputsInnermost, spread } from './kernels'
import { given, gives, type Read } from './operator'
import type { OnnxNode } from './read-graph'
import { padsItself, windowOf } from './windows'

const NONE = [0, 0, 0, 0] as const

/** A map that may have been padded by a node of its own. */
function windowed(importer: GraphImporter, node: OnnxNode) {
  const found = importer.find(node.inputs[0] ?? '')
  const pads = found?.pending?.step === 'padded' ? found.pending.pads : NONE
  if (pads !== NONE && found !== undefined && isMap(found.shape))
    return { x: { id: found.id, shape: found.shape }, pads }
  return { x: importer.map(node.inputs[0]), pads }
}

function required(window: FoundWindow | { readonly reason: string }): FoundWindow {
  if ('reason' in window) throw new NoLayer(window.reason)
  return window
}

export const conv: Read = (importer, node) => {
  const { x, pads } = windowed(importer, node)
  const weights = importer.constant(node.inputs[1])
  const dims = weights?.dims
  if (weights === undefined || dims?.length !== 4) throw new NoLayer('its kernel is no constant of four axes')
  const [outputs = 0, perGroup = 0, height = 0, width = 0] = dims
  const { kernel, stride, dilation, padding } = required(
    windowOf(node, x.shape, [height, width], pads, { isPooling: false }),
  )
  const groups = node.int('group') ?? 1
  const offset = importer.constant(node.inputs[2])
  const bias = (node.inputs[2] ?? '') !== ''
  const window = { kernel, stride, padding, dilation, bias }
  const values = { kernel: outputsInnermost(weights), ...(offset && { bias: spread(offset, outputs) }) }
  const isDepthwise = groups > 1 && perGroup === 1 && groups === x.shape[2]
  const value = isDepthwise
    ? importer.layer(node, 'depthwise-conv2d', { ...window, multiplier: outputs / groups }, [x], values)
    : importer.layer(node, 'conv2d', { ...window, channels: outputs, groups }, [x], values)
  gives(importer, node, value)
}

export const pool =
  (kind: 'max-pool' | 'average-pool'): Read =>
  (importer, node) => {
    const { x, pads } = windowed(importer, node)
    // Behind what gives no negative value a zero is as good as nothing.
    if (pads !== NONE && kind === 'max-pool' && !isNeverNegative(importer.kindOf(x.id)))
      throw new NoLayer('zeros are put around the map before a maximum')
    if (node.outputs.length > 1 && node.outputs[1] !== '') throw new NoLayer('it gives positions too')
    const countsOwn = (node.int('count_include_pad') ?? 0) !== 0
    // Zeros of the node before are part of the map, and count; its own may not.
    if (kind === 'average-pool' && pads !== NONE && !countsOwn && padsItself(node))
      throw new NoLayer('some of the zeros around the map count in its average, others do not')
    const counts = kind === 'average-pool' && (pads !== NONE || countsOwn)
    const found = windowOf(node, x.shape, node.ints('kernel_shape') ?? [], pads, {
      isPooling: true,
      isExact: counts,
    })
    const { kernel, stride, dilation, padding, ceil } = required(found)
    if (dilation !== 1) throw new NoLayer('its window has gaps (dilation)')
    const parameters = { kernel, stride, padding, ceil, ...(kind === 'average-pool' && { countPadding: counts }) }
    gives(importer, node, importer.layer(node, kind, parameters, [x]))
  }

/** Before and after each of the four axes, however the opset says it. */
function padsOfAllAxes(importer: GraphImporter, node: OnnxNode): readonly number[] | undefined {
  const pads = node.ints('pads') ?? node.ints('paddings') ?? given(importer, node, 1, 'padding')
  const axes = given(importer, node, 3, 'list of axes')?.map((axis) => (axis < 0 ? axis + 4 : axis))
  if (axes === undefined || pads?.length !== 2 * axes.length) return pads
  const all = Array<number>(8).fill(0)
  axes.forEach((axis, i) => {
    all[axis] = pads[i] ?? 0
    all[axis + 4] = pads[axes.length + i] ?? 0
  })
  return all
}

export const pad: Read = (importer, node) => {
  const x = importer.map(node.inputs[0])
  const value = given(importer, node, 2, 'value')?.[0] ?? node.float('value') ?? 0
  if ((node.text('mode') ?? 'constant') !== 'constant' || value !== 0)
    throw new NoLayer('it pads with other than zeros')
  const all = padsOfAllAxes(importer, node)
  if (all?.length !== 8 || [0, 1, 4, 5].some((i) => all[i] !== 0)) throw new NoLayer('it pads other axes than the map')
  gives(importer, node, { ...x, pending: { step: 'padded', pads: [all[2]!, all[3]!, all[6]!, all[7]!] } })
}

/** The maximum of the whole map. */
export const globalMax: Read = (importer, node) => {
  const x = importer.map(node.inputs[0])
  const kernel = [x.shape[0], x.shape[1]] as const
  gives(importer, node, importer.layer(node, 'max-pool', { kernel, stride: kernel, padding: 'none', ceil: false }, [x]))
}
