// Which of our paddings a window of ONNX has. ONNX gives both ends in figures; what counts is where the first window begins and how
// many there are, because what no window reaches changes nothing.
import { PADDINGS, type Padding } from '../../architecture/catalogue/parameter-specs'
import { windowCount, windowPadding, type WindowRule } from '../../architecture/catalogue/window'
import type { MapShape } from '../../architecture/layer'
import type { OnnxNode } from './read-graph'

type Pair = readonly [number, number]

export interface FoundWindow {
  readonly kernel: Pair
  readonly stride: Pair
  readonly dilation: number
  readonly padding: Padding
  readonly ceil: boolean
}

const AXES = [0, 1] as const
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
  const mayRoundUp = (node.int('ceil_mode') ?? 0) !== 0
  const rule = { kernel, stride, dilation }
  if (asked === 'SAME_UPPER') return { ...rule, padding: 'same', ceil: false }
  if (typeof asked === 'string') return { reason: `auto_pad ${asked} puts the odd zero before the map` }
  const pads = asked.map((pad, i) => pad + (extra[i] ?? 0))
  const span = (axis: 0 | 1): number => map[axis] + pads[axis]! + pads[axis + 2]! - (dilation * (kernel[axis] - 1) + 1)
  const count = (axis: 0 | 1): number => {
    const steps = span(axis) / stride[axis]
    if (!mayRoundUp) return Math.floor(steps) + 1
    const up = Math.ceil(steps) + 1
    return (up - 1) * stride[axis] >= map[axis] + pads[axis]! ? up - 1 : up
  }
  for (const ceil of [false, true])
    for (const padding of PADDINGS) {
      const ours: WindowRule = { ...rule, padding, ceil }
      const fits = AXES.every((axis) => {
        const [before, after] = windowPadding(map[axis], ours, axis)
        const isSame = before === pads[axis] && windowCount(map[axis], ours, axis) === count(axis)
        return isSame && (!isExact || after === pads[axis + 2])
      })
      if (fits) return { ...rule, padding, ceil }
    }
  return { reason: `its padding [${pads.join(', ')}] is none of half, same and none on a map of ${map[0]}x${map[1]}` }
}
