// Dense layers and batch normalisation.
import { flagOf } from '@shared/architecture/catalogue/parameter-values'
import { channelsOf } from '@shared/architecture/layer'
import { BATCH_NORM_EPSILON, BATCH_NORM_MOMENTUM } from '../../../networks/layers/batch-norm-constants'
import { attribute } from '@shared/exchange/onnx/proto'
import type { Mapping } from './call'
import { weightsOf } from './weights'

/**
 * Rows of a kernel `[height * width * channels, outputs]` for a map that ONNX flattens with the channels outermost.
 */
export function channelsOutermost(
  values: Float32Array,
  [height, width, channels]: readonly [number, number, number],
): Float32Array {
  const area = height * width
  const outputs = values.length / (area * channels)
  const turned = new Float32Array(values.length)
  for (let position = 0; position < area; position++)
    for (let channel = 0; channel < channels; channel++) {
      const from = (position * channels + channel) * outputs
      turned.set(values.subarray(from, from + outputs), (channel * area + position) * outputs)
    }
  return turned
}

/** A flattened map is taken as it lies, and the rows of the kernel are turned instead of the values. */
export const dense: Mapping = ({ builder, node, given: [x], array, rounded }) => {
  const kernel = array('kernel')
  const isMap = 'map' in x
  const flat = isMap ? builder.add('Flatten', `${node.id}.flat`, [x.map.name], x.shape, [attribute.int('axis', 1)]) : x
  const values = isMap ? channelsOutermost(kernel.values, x.map.shape) : kernel.values
  const outputs = kernel.shape[1]!
  const bias = flagOf(node.parameters, 'bias') ? array('bias').values : null
  const weights = weightsOf(builder, node.id, { dims: kernel.shape, values, axis: 1 }, bias, rounded)
  return builder.add('Gemm', node.id, [flat.name, ...weights], [outputs])
}

/** Running statistics; the epsilon is always written, because defaults differ (ONNX 1e-5, Keras 1e-3). */
export const batchNormalisation: Mapping = ({ builder, node, inputs: [x], array }) => {
  const roles = ['gamma', 'beta', 'moving-mean', 'moving-variance']
  const dims = [channelsOf(x.shape)]
  const weights = roles.map((role) => builder.constant(`${node.id}.${role}`, dims, array(role).values))
  return builder.add('BatchNormalization', node.id, [x.name, ...weights], x.shape, [
    attribute.float('epsilon', BATCH_NORM_EPSILON),
    attribute.float('momentum', BATCH_NORM_MOMENTUM),
  ])
}
