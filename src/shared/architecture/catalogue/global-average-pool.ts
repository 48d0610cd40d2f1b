// Mean of each channel over the whole map. Keeps three axes, [1, 1, channels], so that squeeze-excitation can go on with
// 1x1 convolutions; a classifier puts flatten behind it.
import type { LayerDefinition } from '../layer'
import { NO_COST, ONE_INPUT } from './simple-layer'
import { isMap, mapOf, notAMap } from './window'

export const globalAveragePool: LayerDefinition = {
  kind: 'global-average-pool',
  family: 'pooling',
  title: 'Global average pooling',
  help: 'Reduces each channel to its mean over the whole map, whatever its size. Stands before flatten and the classifier, and inside squeeze-excitation.',
  parameters: {},
  inputs: ONE_INPUT,
  shape(_parameters, [input]) {
    return isMap(input) ? { ok: true, shape: [1, 1, input[2]] } : notAMap(input)
  },
  cost: () => NO_COST,
  window(_parameters, [input]) {
    const [height, width] = mapOf(input)
    const map = [height, width] as const
    return { kernel: map, stride: map, dilation: 1 }
  },
}
