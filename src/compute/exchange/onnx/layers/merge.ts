// Several values to one. Operators take two: more are added one after another, in the order in which ours are.
import { channelsOf, withSize, type TensorShape } from '@shared/architecture/layer'
import type { Value } from '../graph-builder'
import { CHANNEL_AXIS } from './activation'
import type { Mapping } from './call'

/** The larger of two spread shapes: `[1, 1, channels]` meets a map. */
function spread(a: TensorShape, b: TensorShape): TensorShape {
  return b.reduce<number>((size, n) => size * n, 1) > a.reduce<number>((size, n) => size * n, 1) ? b : a
}

const merged =
  (operator: 'Add' | 'Mul'): Mapping =>
  ({ builder, node, inputs }) =>
    inputs.slice(1).reduce((left: Value, right, i) => {
      const id = i === inputs.length - 2 ? node.id : `${node.id}.${i}`
      return builder.add(operator, id, [left.name, right.name], spread(left.shape, right.shape))
    }, inputs[0])

export const add = merged('Add')
export const multiply = merged('Mul')

export const concatenate: Mapping = ({ builder, node, inputs }) => {
  const channels = inputs.reduce((sum, { shape }) => sum + channelsOf(shape), 0)
  const shape = withSize(inputs[0].shape, inputs[0].shape.length - 1, channels)
  const names = inputs.map(({ name }) => name)
  return builder.add('Concat', node.id, names, shape, [CHANNEL_AXIS])
}
