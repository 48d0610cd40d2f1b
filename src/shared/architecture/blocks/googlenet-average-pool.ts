// GoogLeNet's Avgpool as a block of a chain: a window instead of the whole map, since blocks follow it.
import { numberOf } from '../catalogue/parameter-values'
import { blockKernelSpec, blockStrideSpec, defineBlock } from './define-block'
import { centredPadding } from './parts'

export const googlenetAveragePool = defineBlock({
  name: 'googlenet-average-pool',
  title: 'Average pooling',
  origin: 'GoogLeNet',
  help: 'Replaces each window by its mean; at stride 2 it halves the map without weights. Keeps the width.',
  parameters: { stride: blockStrideSpec(2), kernel: blockKernelSpec(3) },
  build(graph, parameters) {
    const kernel = numberOf(parameters, 'kernel')
    const stride = numberOf(parameters, 'stride')
    const padding = centredPadding(kernel)
    return graph.layer('pool', 'average-pool', { kernel: [kernel, kernel], stride: [stride, stride], padding })
  },
})
