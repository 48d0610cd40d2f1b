// Poolings. TensorFlow's own SAME is used where it pads exactly as the document says: it needs no padded copy.
import { poolingWindow } from '@shared/architecture/catalogue/max-pool'
import { flagOf } from '@shared/architecture/catalogue/parameter-values'
import type { WindowRule } from '@shared/architecture/catalogue/window'
import { tf, type Tensor4D } from '../../tensorflow/backend'
import { isSamePadding, resolvePadding } from '../../tensorflow/kernels/padding'
import { averagePool, globalAveragePool, maxPool, type PoolingOptions } from '../../tensorflow/kernels/pooling'
import { asMap, type LayerBuilder } from './layer-builder'
import { explicitPadding } from './padding'

function options(x: Tensor4D, rule: WindowRule, maySame: boolean): PoolingOptions {
  const explicit = explicitPadding(x, rule)
  const same = resolvePadding('same', [x.shape[1], x.shape[2]], rule.kernel, rule.stride)
  const isSame = maySame && rule.ceil !== true && isSamePadding(explicit, same)
  const window = { kernel: rule.kernel, strides: rule.stride }
  // SAME has no rounding: its number of windows is already rounded up.
  const ceil = rule.ceil === true && rule.padding !== 'same'
  return isSame ? { ...window, padding: 'same' } : { ...window, padding: explicit, ceil }
}

export const maxPooling: LayerBuilder = ({ parameters, inputs }) => {
  const x = asMap(inputs[0])
  return maxPool(x, options(x, poolingWindow(parameters), true))
}

export const averagePooling: LayerBuilder = ({ parameters, inputs }) => {
  const x = asMap(inputs[0])
  const countPadding = flagOf(parameters, 'countPadding')
  return averagePool(x, { ...options(x, poolingWindow(parameters), !countPadding), countPadding })
}

/** Keeps the map's axes: `[batch, 1, 1, channels]`. */
export const globalAverage: LayerBuilder = ({ inputs }) => {
  const x = asMap(inputs[0])
  return tf.reshape(globalAveragePool(x), [x.shape[0], 1, 1, x.shape[3]])
}
