// Poolings with padding in figures. `ceil_mode` is never written: runtimes disagree on what it counts, so what a rounded-up window
// reaches is padding too, and a mean that must not count it is corrected (onnxruntime#24681 for opset 19).
import { flagOf } from '@shared/architecture/catalogue/parameter-values'
import { poolingWindow } from '@shared/architecture/catalogue/pooling-window'
import { mapOf, windowCount } from '@shared/architecture/catalogue/window'
import type { MapShape } from '@shared/architecture/layer'
import { averageCorrection } from '../../../networks/average-windows'
import { attribute, type AttributeProto } from '@shared/exchange/onnx/proto'
import type { Value } from '../graph-builder'
import type { Call, Mapping } from './call'
import { pads } from './convolution'

function pool(
  { builder, node, inputs: [x] }: Call,
  id: string,
  operator: string,
  extra: readonly AttributeProto[] = [],
): Value {
  const rule = poolingWindow(node.parameters)
  const map = mapOf(x.shape)
  const shape: MapShape = [windowCount(map[0], rule, 0), windowCount(map[1], rule, 1), map[2]]
  return builder.add(operator, id, [x.name], shape, [
    attribute.ints('kernel_shape', rule.kernel),
    attribute.ints('strides', rule.stride),
    pads(map, rule),
    ...extra,
  ])
}

/** ONNX pads a maximum with what never wins. */
export const maxPooling: Mapping = (call) => pool(call, call.node.id, 'MaxPool')

export const averagePooling: Mapping = (call) => {
  const { builder, node, inputs } = call
  const countPadding = flagOf(node.parameters, 'countPadding')
  const count = attribute.int('count_include_pad', countPadding ? 1 : 0)
  const [height, width] = mapOf(inputs[0].shape)
  const correction = countPadding ? averageCorrection([height, width], poolingWindow(node.parameters), true) : null
  if (correction === null) return pool(call, node.id, 'AveragePool', [count])
  const mean = pool(call, `${node.id}.mean`, 'AveragePool', [count])
  const [rows, columns] = mapOf(mean.shape)
  const factors = builder.constant(`${node.id}.factors`, [1, 1, rows, columns], correction)
  return builder.add('Mul', node.id, [mean.name, factors], mean.shape)
}

/** Keeps the map's axes: `[batch, channels, 1, 1]`. */
export const globalAverage: Mapping = ({ builder, node, inputs: [x] }) =>
  builder.add('GlobalAveragePool', node.id, [x.name], [1, 1, mapOf(x.shape)[2]])
