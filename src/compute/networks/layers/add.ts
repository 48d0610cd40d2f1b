// Sum of maps or features of one shape.
import { tf } from '../../tensorflow/backend'
import { withoutArrays } from './layer'

export const add = withoutArrays(({ inputs }) => inputs.reduce((sum, input) => tf.add(sum, input)))
