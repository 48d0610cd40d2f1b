// Mean of each window.
import { flagOf } from '@shared/architecture/catalogue/parameter-values'
import { averagePool as pool } from '../../tensorflow/kernels/pooling'
import { asMap, withoutArrays } from './layer'
import { poolingOptions } from './pooling-window'

export const averagePool = withoutArrays((call) => {
  const x = asMap(call.inputs[0])
  const countPadding = flagOf(call.parameters, 'countPadding')
  return pool(x, { ...poolingOptions(x, call, !countPadding), countPadding })
})
