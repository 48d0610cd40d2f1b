// Layers that only move or combine values: merging, flattening, channel shuffle, slices of the channels. The batch stays free: -1.
import { numberOf } from '@shared/architecture/catalogue/parameter-values'
import { isMap, mapOf } from '@shared/architecture/catalogue/window'
import { channelsOf, withSize, type TensorShape } from '@shared/architecture/layer'
import { elementCount } from '@shared/element-count'
import type { GraphBuilder, Value } from '../graph-builder'
import { attr, DT_INT32 } from '../proto'
import type { Mapping } from './call'

export const passThrough: Mapping = ({ inputs }) => inputs[0]

/** The larger of two spread shapes: `[1, 1, channels]` meets a map. */
const spread = (a: TensorShape, b: TensorShape): TensorShape => (elementCount(b) > elementCount(a) ? b : a)

/** Operations take two: more are combined one after another, in the order in which ours are. */
const merged =
  (operation: 'AddV2' | 'Mul'): Mapping =>
  ({ builder, node, inputs }) =>
    inputs.slice(1).reduce((left: Value, right, i) => {
      const id = i === inputs.length - 2 ? node.id : `${node.id}.${i}`
      return builder.add(operation, id, [left.name, right.name], spread(left.shape, right.shape))
    }, inputs[0])

export const add = merged('AddV2')
export const multiply = merged('Mul')

export const concatenate: Mapping = ({ builder, node, inputs }) => {
  if (inputs.length === 1) return inputs[0]
  const channels = inputs.reduce((sum, { shape }) => sum + channelsOf(shape), 0)
  const axis = inputs[0].shape.length
  const shape = withSize(inputs[0].shape, axis - 1, channels)
  const names = [...inputs.map(({ name }) => name), builder.integers([axis], [])]
  return builder.add('ConcatV2', node.id, names, shape, {
    N: attr.int(inputs.length),
    Tidx: attr.type(DT_INT32),
  })
}

function reshaped(builder: GraphBuilder, id: string, x: Value, sizes: readonly number[], shape: TensorShape): Value {
  return builder.add('Reshape', id, [x.name, builder.integers([-1, ...sizes])], shape, { Tshape: attr.type(DT_INT32) })
}

/** Channels are innermost, as ours are. */
export const flatten: Mapping = ({ builder, node, inputs: [x] }) => {
  if (!isMap(x.shape)) return x
  const features = elementCount(x.shape)
  return reshaped(builder, node.id, x, [features], [features])
}

/** Channels read as groups by rows, written by columns. */
export const channelShuffle: Mapping = ({ builder, node, inputs: [x] }) => {
  const [height, width, channels] = mapOf(x.shape)
  const groups = numberOf(node.parameters, 'groups')
  const apart = [height * width, groups, channels / groups]
  const grouped = reshaped(builder, `${node.id}.groups`, x, apart, x.shape)
  const axes = builder.integers([0, 1, 3, 2])
  const turned = builder.add('Transpose', `${node.id}.turned`, [grouped.name, axes], x.shape, {
    Tperm: attr.type(DT_INT32),
  })
  return reshaped(builder, node.id, turned, [height, width, channels], x.shape)
}

/** All parts of a value are one node, whichever layers read them. */
export const split: Mapping = ({ builder, node, inputs: [x] }) => {
  const [height, width, channels] = mapOf(x.shape)
  const parts = numberOf(node.parameters, 'parts')
  if (parts === 1) return x
  const shape = [height, width, channels / parts] as const
  const axis = builder.integers([3], [])
  const name = builder.once(
    `split ${x.name} ${parts}`,
    () => builder.add('Split', node.id, [axis, x.name], shape, { num_split: attr.int(parts) }).name,
  )
  const part = numberOf(node.parameters, 'part')
  return { name: part === 0 ? name : `${name}:${part}`, shape }
}

export const zero: Mapping = ({ builder, node, inputs: [x] }) => builder.add('ZerosLike', node.id, [x.name], x.shape)
