// Padding of convolutions and poolings: by the operation where TensorFlow's SAME is what is asked for, else by a node before it.
import { mapOf, windowPadding, type WindowRule } from '@shared/architecture/catalogue/window'
import { isSame } from '../../same-padding'
import type { GraphBuilder, Value } from '../graph-builder'
import { attr, DT_INT32, type AttrProto } from '../proto'

type Pair = readonly [number, number]

/** Sizes along height and width as attributes have them, batch and channels being 1. */
export const mapAxes = ([height, width]: Pair): AttrProto => attr.ints([1, height, width, 1])

/** @param filler of the padding: zero unless given */
export function padded(builder: GraphBuilder, id: string, x: Value, rule: WindowRule, filler?: number): Value {
  const [height, width, channels] = mapOf(x.shape)
  const [top, bottom] = windowPadding(height, rule, 0)
  const [left, right] = windowPadding(width, rule, 1)
  if (top + bottom + left + right === 0) return x
  const sides = builder.integers([0, 0, top, bottom, left, right, 0, 0], [4, 2])
  const shape = [height + top + bottom, width + left + right, channels] as const
  const type = { Tpaddings: attr.type(DT_INT32) }
  return filler === undefined
    ? builder.add('Pad', id, [x.name, sides], shape, type)
    : builder.add('PadV2', id, [x.name, sides, builder.scalar(filler)], shape, type)
}

/** The input of a windowed operation, and the padding that it does itself. */
export function forWindow(
  builder: GraphBuilder,
  id: string,
  x: Value,
  rule: WindowRule,
  filler?: number,
): { readonly x: Value; readonly padding: AttrProto } {
  const map = mapOf(x.shape)
  const isPadded = ([0, 1] as const).some((axis) => windowPadding(map[axis], rule, axis).some((pad) => pad > 0))
  if (isPadded && isSame(map, rule)) return { x, padding: attr.text('SAME') }
  return { x: padded(builder, `${id}.pad`, x, rule, filler), padding: attr.text('VALID') }
}
