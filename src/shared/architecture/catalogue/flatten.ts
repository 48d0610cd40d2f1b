// Turns a map into features, row by row with the channels innermost (TensorFlow's order).
import { elementCount } from '../../element-count'
import type { LayerDefinition } from '../layer'
import { NO_COST, ONE_INPUT } from './simple-layer'
import { isMap } from './window'

export const flatten: LayerDefinition = {
  kind: 'flatten',
  family: 'other',
  title: 'Flatten',
  help: 'Turns the map into one row of features for a dense layer. Put global average pooling before it, or the dense layer becomes very large.',
  parameters: {},
  inputs: ONE_INPUT,
  shape: (_parameters, [input]) => ({ ok: true, shape: [elementCount(input)] }),
  cost: () => NO_COST,
  window(_parameters, [input]) {
    const map = isMap(input) ? ([input[0], input[1]] as const) : ([1, 1] as const)
    return { kernel: map, stride: map, dilation: 1 }
  },
}
