// Zeros of its input's shape. Off the tape: no gradient passes.
import { executeSingle } from '../../tensorflow/backend'
import { withoutArrays } from './layer'

export const zero = withoutArrays(({ inputs: [x] }) => executeSingle('ZerosLike', {}, [x]))
