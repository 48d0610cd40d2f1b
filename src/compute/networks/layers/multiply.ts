// Product element by element. `[1, 1, channels]` spreads over a map, as in squeeze-excitation.
import { tf, type Tensor } from '../../tensorflow/backend'
import { inFloat32, toFloat32 } from '../../tensorflow/half'
import { withoutArrays } from './layer'

/** A gate's gradient is a sum over the whole map: not in half precision. */
const product = (x: Tensor, y: Tensor): Tensor =>
  x.size === y.size ? tf.mul(x, y) : inFloat32(x, (whole) => tf.mul(whole, toFloat32(y)))

export const multiply = withoutArrays(({ inputs }) => inputs.reduce(product))
