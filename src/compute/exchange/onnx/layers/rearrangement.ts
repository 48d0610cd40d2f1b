// Layers that only move values: flattening, channel shuffle, slices of the channels.
import { numberOf } from '@shared/architecture/catalogue/parameter-values'
import { isMap, mapOf } from '@shared/architecture/catalogue/window'
import { attribute } from '@shared/exchange/onnx/proto'
import { CHANNEL_AXIS } from './activation'
import type { Mapping } from './call'

export const passThrough: Mapping = ({ given }) => given[0]

export const flatten: Mapping = ({ builder, node, inputs: [x] }) => {
  const { shape } = x
  if (!isMap(shape)) return x
  const [height, width, channels] = shape
  if (height * width > 1) return { map: { name: x.name, shape }, shape: [height * width * channels] }
  return builder.add('Flatten', node.id, [x.name], [channels], [attribute.int('axis', 1)])
}

/** Channels read as groups by rows, written by columns. The first number 0 keeps the batch as it is. */
export const channelShuffle: Mapping = ({ builder, node, inputs: [x] }) => {
  const [height, width, channels] = mapOf(x.shape)
  const groups = numberOf(node.parameters, 'groups')
  const part = (name: string): string => `${node.id}.${name}`
  const apart = builder.integers(part('apart'), [0, groups, channels / groups, height * width])
  const whole = builder.integers(part('whole'), [0, channels, height, width])
  const grouped = builder.add('Reshape', part('groups'), [x.name, apart], x.shape)
  const turned = builder.add('Transpose', part('turned'), [grouped.name], x.shape, [
    attribute.ints('perm', [0, 2, 1, 3]),
  ])
  return builder.add('Reshape', node.id, [turned.name, whole], x.shape)
}

/** All parts of a value are one node, whichever layers read them: Split needs no numbers where the parts are equal. */
export const split: Mapping = ({ builder, node, inputs: [x] }) => {
  const [height, width, channels] = mapOf(x.shape)
  const parts = numberOf(node.parameters, 'parts')
  if (parts === 1) return x
  const key = (part: number): string => `split ${x.name} ${parts} ${part}`
  const name = builder.once(key(numberOf(node.parameters, 'part')), () => {
    const names = builder.addSeveral('Split', node.id, [x.name], parts, [CHANNEL_AXIS])
    names.forEach((each, part) => builder.once(key(part), () => each))
    return names[numberOf(node.parameters, 'part')]!
  })
  return { name, shape: [height, width, channels / parts] }
}

/** Zeros of the same shape; the batch is free, so they are made of the input. */
export const zero: Mapping = ({ builder, node, inputs: [x] }) =>
  builder.add('Mul', node.id, [x.name, builder.scalar(0)], x.shape)
