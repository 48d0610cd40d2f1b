// Max pooling as a block ("Maxpool", common to the families of the paper's Table II).
import { numberOf, textOf } from '../catalogue/parameter-values'
import { blockKernelSpec, blockStrideSpec, defineBlock } from './define-block'
import { centredPadding } from './parts'

export const commonMaxPool = defineBlock({
  name: 'common-max-pool',
  title: 'Max pooling',
  origin: 'Common',
  help: 'Keeps the strongest value of each window; at stride 2 it halves the map without weights. Keeps the width.',
  parameters: {
    stride: blockStrideSpec(2),
    kernel: blockKernelSpec(3),
    edges: {
      type: 'choice',
      choices: ['padded', 'hanging'],
      default: 'padded',
      title: 'Edges',
      help: 'padded: windows are centred and padded, as in ResNet. hanging: they start at the first pixel and the last may hang over the edge, as in GoogLeNet.',
    },
  },
  build(graph, parameters) {
    const kernel = numberOf(parameters, 'kernel')
    const stride = numberOf(parameters, 'stride')
    const isHanging = textOf(parameters, 'edges') === 'hanging'
    return graph.layer('pool', 'max-pool', {
      kernel: [kernel, kernel],
      stride: [stride, stride],
      padding: isHanging ? 'none' : centredPadding(kernel),
      ceil: isHanging,
    })
  },
})
