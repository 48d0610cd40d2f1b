// Poolings as stock layers. Keras knows SAME and VALID; what else is asked for is padded explicitly and then corrected
// per position: padding must lose every maximum, and a mean must divide by what counts.
import { flagOf } from '@shared/architecture/catalogue/parameter-values'
import { poolingWindow } from '@shared/architecture/catalogue/pooling-window'
import { mapOf, windowCount, windowPadding } from '@shared/architecture/catalogue/window'
import type { LayerNode } from '@shared/architecture/layer'
import { averageCorrection } from '../../networks/average-windows'
import { isSame } from '../same-padding'
import { padExplicitly, padForWindow } from './padding'
import { positionAffine, reshape } from './pieces'
import type { TopologyBuilder, Value } from './topology'

/** Below any activation and far from the end of float32, so that sums with it stay finite. */
const NEVER_LARGEST = -1e30

function pool(
  builder: TopologyBuilder,
  className: 'MaxPooling2D' | 'AveragePooling2D',
  node: LayerNode,
  input: Value,
  padding: 'same' | 'valid',
  map: readonly [number, number],
  hint = node.id,
): Value {
  const { kernel, stride } = poolingWindow(node.parameters)
  const config = { pool_size: kernel, strides: stride, padding, data_format: 'channels_last' }
  return builder.add(className, hint, [input], [...map, mapOf(input.shape)[2]], config)
}

const outputMap = (node: LayerNode, input: Value): [number, number] => {
  const rule = poolingWindow(node.parameters)
  const [height, width] = mapOf(input.shape)
  return [windowCount(height, rule, 0), windowCount(width, rule, 1)]
}

/** Inside the padding 0, in it a value that never wins: x * 1 + offset is exact where x counts. */
function lowerPadding(builder: TopologyBuilder, node: LayerNode, original: Value, padded: Value): Value {
  const rule = poolingWindow(node.parameters)
  const [rows, columns] = mapOf(original.shape)
  const [top] = windowPadding(rows, rule, 0)
  const [left] = windowPadding(columns, rule, 1)
  const [height, width] = mapOf(padded.shape)
  const offset = Float32Array.from({ length: height * width }, (_, position) => {
    const y = Math.floor(position / width) - top
    const x = (position % width) - left
    return y >= 0 && y < rows && x >= 0 && x < columns ? 0 : NEVER_LARGEST
  })
  return positionAffine(builder, `${node.id}.lowered`, padded, new Float32Array(offset.length).fill(1), offset)
}

export function maxPooling(builder: TopologyBuilder, node: LayerNode, input: Value): Value {
  const padded = padForWindow(builder, node.id, input, poolingWindow(node.parameters))
  const lowered = padded.input === input ? input : lowerPadding(builder, node, input, padded.input)
  return pool(builder, 'MaxPooling2D', node, lowered, padded.padding, outputMap(node, input))
}

export function averagePooling(builder: TopologyBuilder, node: LayerNode, input: Value): Value {
  const rule = poolingWindow(node.parameters)
  const map = outputMap(node, input)
  const countPadding = flagOf(node.parameters, 'countPadding')
  // Keras's SAME leaves the padding out of the mean.
  if (!countPadding && isSame(mapOf(input.shape), rule))
    return pool(builder, 'AveragePooling2D', node, input, 'same', map)
  const padded = padExplicitly(builder, node.id, input, rule)
  const [height, width] = mapOf(input.shape)
  const correction = averageCorrection([height, width], rule, countPadding)
  if (!correction) return pool(builder, 'AveragePooling2D', node, padded, 'valid', map)
  const mean = pool(builder, 'AveragePooling2D', node, padded, 'valid', map, `${node.id}.mean`)
  return positionAffine(builder, node.id, mean, correction, new Float32Array(correction.length))
}

/** Mean over the map, kept as `[1, 1, channels]`. */
export function globalAverage(builder: TopologyBuilder, node: LayerNode, input: Value): Value {
  const channels = mapOf(input.shape)[2]
  const flat = builder.add('GlobalAveragePooling2D', `${node.id}.mean`, [input], [channels], {
    data_format: 'channels_last',
  })
  return reshape(builder, node.id, flat, [1, 1, channels])
}
