// A map to `[batch, features]`, channels innermost.
import { tf } from '../../tensorflow/backend'
import { withoutArrays } from './layer'

export const flatten = withoutArrays(({ inputs: [x] }) => tf.reshape(x, [x.shape[0]!, -1]))
