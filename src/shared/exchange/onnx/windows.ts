// The windows of ONNX, which gives the padding of both ends in figures, or by TensorFlow's name.
import type { MapShape } from '../../architecture/layer'
import { windowPadding, type WindowRule } from '../../architecture/catalogue/window'
import { quoted } from '../../quoted'
import { paddedWindow, type FoundWindow, type WindowUse } from '../imported/padded-window'
import type { OnnxNode } from './read-graph'

type Pair = readonly [number, number]

const isPair = (values: readonly number[]): values is Pair => values.length === 2

const ZEROS = [0, 0, 0, 0] as const

/** What a node says itself: figures `[top, left, bottom, right]`, or one of TensorFlow's names. */
function padsOf(node: OnnxNode): readonly number[] | string {
  const auto = node.text('auto_pad') ?? 'NOTSET'
  if (auto === 'VALID') return ZEROS
  return auto === 'NOTSET' ? (node.ints('pads') ?? ZEROS) : auto
}

/** Whether a window puts something around the map by itself. */
export function padsItself(node: OnnxNode): boolean {
  const asked = padsOf(node)
  return typeof asked === 'string' || asked.some((pad) => pad !== 0)
}

/** TensorFlow's SAME on a map that was padded before, in figures; the odd one is after the map, or before it. */
function sameAround(map: MapShape, rule: WindowRule, extra: readonly number[], isBefore: boolean): readonly number[] {
  const sides = ([0, 1] as const).map((axis) => {
    const size = map[axis] + (extra[axis] ?? 0) + (extra[axis + 2] ?? 0)
    const [less, more] = windowPadding(size, { ...rule, padding: 'same' }, axis)
    return isBefore ? [more, less] : [less, more]
  })
  return [0, 1].flatMap((end) => sides.map((side) => side[end] ?? 0))
}

/**
 * @param extra padding that a node before it has added, `[top, left, bottom, right]`
 * @returns the window in our words, or why there is none
 */
export function windowOf(
  node: OnnxNode,
  map: MapShape,
  kernel: readonly number[],
  extra: readonly number[],
  use: WindowUse,
): FoundWindow | { readonly reason: string } {
  const stride = node.ints('strides') ?? [1, 1]
  const [dilation = 1, ...others] = node.ints('dilations') ?? [1, 1]
  if (!isPair(kernel) || !isPair(stride)) return { reason: 'its windows are not two-dimensional' }
  if (others.some((other) => other !== dilation)) return { reason: 'its dilation differs between the axes' }
  const asked = padsOf(node)
  const rule = { kernel, stride, dilation }
  // onnxruntime moves such a window, and counts otherwise than the specification; no exporter writes one.
  const roundsUp = use.isPooling && (node.int('ceil_mode') ?? 0) !== 0
  if (typeof asked === 'string' && roundsUp && kernel.some((size, axis) => size < (stride[axis] ?? 1)))
    return { reason: 'it rounds up, pads itself by name and leaves positions out' }
  if (asked === 'SAME_UPPER' && extra.every((pad) => pad === 0)) return { ...rule, padding: 'same', ceil: false }
  if (typeof asked === 'string' && asked !== 'SAME_UPPER' && asked !== 'SAME_LOWER')
    return { reason: `there is no padding ${quoted(asked)}` }
  if (![...kernel, ...stride, dilation].every((size) => Number.isSafeInteger(size) && size > 0))
    return { reason: 'its window has no size' }
  const own =
    typeof asked === 'string' ? sameAround(map, { ...rule, padding: 'same' }, extra, asked === 'SAME_LOWER') : asked
  const pads = own.map((pad, i) => pad + (extra[i] ?? 0))
  return paddedWindow(map, rule, pads, {
    ...use,
    mayRoundUp: roundsUp,
    zerosAfter: extra.slice(2),
  })
}
