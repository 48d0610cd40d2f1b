// The windows of ONNX, which gives the padding of both ends in figures, or by TensorFlow's name.
import type { MapShape } from '../../architecture/layer'
import { paddedWindow, type FoundWindow } from '../imported/padded-window'
import type { OnnxNode } from './read-graph'

type Pair = readonly [number, number]

const isPair = (values: readonly number[]): values is Pair => values.length === 2

/** `[top, left, bottom, right]`, or why there are none in figures. */
function padsOf(node: OnnxNode): readonly number[] | string {
  const auto = node.text('auto_pad') ?? 'NOTSET'
  if (auto === 'VALID') return [0, 0, 0, 0]
  if (auto !== 'NOTSET') return auto
  return node.ints('pads') ?? [0, 0, 0, 0]
}

/**
 * @param extra padding that a node before it has added, `[top, left, bottom, right]`
 * @param isExact the divisors of an average count what is padded, so both ends must be the same
 * @returns the window in our words, or why there is none
 */
export function windowOf(
  node: OnnxNode,
  map: MapShape,
  kernel: readonly number[],
  extra: readonly number[],
  isExact = false,
): FoundWindow | { readonly reason: string } {
  const stride = node.ints('strides') ?? [1, 1]
  const [dilation = 1, ...others] = node.ints('dilations') ?? [1, 1]
  if (!isPair(kernel) || !isPair(stride)) return { reason: 'its windows are not two-dimensional' }
  if (others.some((other) => other !== dilation)) return { reason: 'its dilation differs between the axes' }
  const asked = padsOf(node)
  const rule = { kernel, stride, dilation }
  if (asked === 'SAME_UPPER') return { ...rule, padding: 'same', ceil: false }
  if (typeof asked === 'string') return { reason: `auto_pad ${asked} puts the odd zero before the map` }
  const pads = asked.map((pad, i) => pad + (extra[i] ?? 0))
  return paddedWindow(map, rule, pads, isExact, (node.int('ceil_mode') ?? 0) !== 0)
}
