// Which of our paddings a window has whose padding is given in figures. What counts is where the first window begins and how many there
// are, because what no window reaches changes nothing.
import { PADDINGS, type Padding } from '../../architecture/catalogue/parameter-specs'
import { windowCount, windowPadding, type WindowRule } from '../../architecture/catalogue/window'
import type { MapShape } from '../../architecture/layer'

type Pair = readonly [number, number]

export interface FoundWindow {
  readonly kernel: Pair
  readonly stride: Pair
  readonly dilation: number
  readonly padding: Padding
  readonly ceil: boolean
}

const AXES = [0, 1] as const

/** What the window belongs to. */
export interface WindowUse {
  /** A pooling's last window may hang over the edge, where nothing is; a convolution's never does. */
  readonly isPooling: boolean
  /** The divisors of an average count what is padded, so both ends must be the same. */
  readonly isExact?: boolean
  /** The file lets a last window hang over. */
  readonly mayRoundUp?: boolean
  /** Of the padding after the map, `[bottom, right]`: zeros that are part of the file's map, where a last window may begin. */
  readonly zerosAfter?: readonly number[]
}

/**
 * @param pads `[top, left, bottom, right]`
 * @returns the window in our words, or why there is none
 */
export function paddedWindow(
  map: MapShape,
  rule: Pick<FoundWindow, 'kernel' | 'stride' | 'dilation'>,
  pads: readonly number[],
  { isPooling, isExact = false, mayRoundUp = false, zerosAfter = [] }: WindowUse,
): FoundWindow | { readonly reason: string } {
  const { kernel, stride, dilation } = rule
  const pad = (i: number): number => pads[i] ?? 0
  const span = (axis: 0 | 1): number => map[axis] + pad(axis) + pad(axis + 2) - (dilation * (kernel[axis] - 1) + 1)
  const count = (axis: 0 | 1): number => {
    const steps = span(axis) / stride[axis]
    if (!mayRoundUp) return Math.floor(steps) + 1
    const up = Math.ceil(steps) + 1
    return (up - 1) * stride[axis] >= map[axis] + pad(axis) + (zerosAfter[axis] ?? 0) ? up - 1 : up
  }
  for (const ceil of isPooling ? [false, true] : [false])
    for (const padding of PADDINGS) {
      const ours: WindowRule = { ...rule, padding, ceil }
      const fits = AXES.every((axis) => {
        // What a rounded-up window reaches beyond the padding is counted neither here nor there.
        const [before, after] = windowPadding(map[axis], { ...ours, ceil: false }, axis)
        const isSame = before === pad(axis) && windowCount(map[axis], ours, axis) === count(axis)
        return isSame && (!isExact || after === pad(axis + 2))
      })
      if (fits) return { ...rule, padding, ceil }
    }
  return { reason: `its padding [${pads.join(', ')}] is none of half, same and none on a map of ${map[0]}x${map[1]}` }
}
