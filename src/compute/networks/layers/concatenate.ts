// Channels or features one after another.
import { tf, type Tensor } from '../../tensorflow/backend'
import { withoutArrays } from './layer'

export const concatenate = withoutArrays(({ inputs }) => tf.concat<Tensor>([...inputs], inputs[0].rank - 1))
