// Mean of each channel over the whole map. Keeps three axes, [1, 1, channels], so that squeeze-excitation can go on with
// 1x1 convolutions; a classifier puts flatten behind it.
import type { LayerDefinition } from '../layer'
import { failed, NO_COST, ONE_INPUT } from './simple-layer'
import { mapProblem } from './window'

export const globalAveragePool: LayerDefinition = {
  kind: 'global-average-pool',
  family: 'pooling',
  title: 'Global average pooling',
  help: 'Reduces each channel to its mean over the whole map, whatever its size. Stands before flatten and the classifier, and inside squeeze-excitation.',
  parameters: {},
  inputs: ONE_INPUT,
  shape(_parameters, [input]) {
    const problem = mapProblem(input!)
    return problem === undefined ? { ok: true, shape: [1, 1, input![2]!] } : failed(problem)
  },
  cost: () => NO_COST,
  window(_parameters, [input]) {
    const map = [input![0]!, input![1]!] as const
    return { kernel: map, stride: map, dilation: 1 }
  },
}
