// The window of poolings in figures. TensorFlow's own SAME is used where it pads exactly as the document says: it needs no
// padded copy.
import { poolingWindow } from '@shared/architecture/catalogue/pooling-window'
import type { Tensor4D } from '../../tensorflow/backend'
import { isSamePadding, resolvePadding } from '../../tensorflow/kernels/padding'
import type { PoolingOptions } from '../../tensorflow/kernels/pooling'
import type { LayerCall } from './layer'
import { explicitPadding } from './padding'

/** @param maySame false where SAME would divide by other numbers than the document says */
export function poolingOptions(x: Tensor4D, { parameters }: LayerCall, maySame: boolean): PoolingOptions {
  const rule = poolingWindow(parameters)
  const explicit = explicitPadding(x, rule)
  const same = resolvePadding('same', [x.shape[1], x.shape[2]], rule.kernel, rule.stride)
  const isSame = maySame && rule.ceil !== true && isSamePadding(explicit, same)
  const window = { kernel: rule.kernel, strides: rule.stride }
  // SAME has no rounding: its number of windows is already rounded up.
  const ceil = rule.ceil === true && rule.padding !== 'same'
  return isSame ? { ...window, padding: 'same' } : { ...window, padding: explicit, ceil }
}
