// Largest value of each window.
import { maxPool as pool } from '../../tensorflow/kernels/pooling'
import { asMap, withoutArrays } from './layer'
import { poolingOptions } from './pooling-window'

export const maxPool = withoutArrays((call) => {
  const x = asMap(call.inputs[0])
  return pool(x, poolingOptions(x, call, true))
})
