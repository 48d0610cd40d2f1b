// Poolings. What is asked for and is not TensorFlow's SAME is padded before: a maximum with what never wins, a mean with zeros and then
// corrected, position by position, to divide by what counts.
import { flagOf } from '@shared/architecture/catalogue/parameter-values'
import { poolingWindow } from '@shared/architecture/catalogue/pooling-window'
import { mapOf, windowCount } from '@shared/architecture/catalogue/window'
import { averageCorrection } from '../../../networks/average-windows'
import { isSame } from '../../same-padding'
import type { Value } from '../graph-builder'
import { attr, DT_INT32, type AttrProto } from '../proto'
import type { Call, Mapping } from './call'
import { forWindow, mapAxes, padded } from './window'

/** The lowest float32. */
const NEVER_LARGEST = -3.4028234663852886e38

function pool({ builder, node, inputs }: Call, operation: string, id: string, x: Value, padding: AttrProto): Value {
  const rule = poolingWindow(node.parameters)
  const [height, width, channels] = mapOf(inputs[0].shape)
  const shape = [windowCount(height, rule, 0), windowCount(width, rule, 1), channels] as const
  return builder.add(operation, id, [x.name], shape, {
    ksize: mapAxes(rule.kernel),
    strides: mapAxes(rule.stride),
    padding,
    data_format: attr.text('NHWC'),
  })
}

export const maxPooling: Mapping = (call) => {
  const rule = poolingWindow(call.node.parameters)
  const { x, padding } = forWindow(call.builder, call.node.id, call.inputs[0], rule, NEVER_LARGEST)
  return pool(call, 'MaxPool', call.node.id, x, padding)
}

/** TensorFlow's SAME leaves the padding out of the mean. */
export const averagePooling: Mapping = (call) => {
  const { builder, node, inputs } = call
  const rule = poolingWindow(node.parameters)
  const [height, width, channels] = mapOf(inputs[0].shape)
  const countPadding = flagOf(node.parameters, 'countPadding')
  if (!countPadding && isSame([height, width, channels], rule))
    return pool(call, 'AvgPool', node.id, inputs[0], attr.text('SAME'))
  const x = padded(builder, `${node.id}.pad`, inputs[0], rule)
  const correction = averageCorrection([height, width], rule, countPadding)
  if (correction === null) return pool(call, 'AvgPool', node.id, x, attr.text('VALID'))
  const mean = pool(call, 'AvgPool', `${node.id}.mean`, x, attr.text('VALID'))
  const [rows, columns] = mapOf(mean.shape)
  const factors = builder.constant(`${node.id}.factors`, [1, rows, columns, 1], correction)
  return builder.add('Mul', node.id, [mean.name, factors], mean.shape)
}

/** Keeps the map's axes: `[batch, 1, 1, channels]`. */
export const globalAverage: Mapping = ({ builder, node, inputs: [x] }) =>
  builder.add('Mean', node.id, [x.name, builder.integers([1, 2])], [1, 1, mapOf(x.shape)[2]], {
    keep_dims: attr.flag(true),
    Tidx: attr.type(DT_INT32),
  })
