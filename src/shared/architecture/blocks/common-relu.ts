// ReLU as a block ("Relu" of the paper's Table II).
import { defineBlock } from './define-block'

export const commonRelu = defineBlock({
  name: 'common-relu',
  title: 'ReLU',
  origin: 'Common',
  help: 'Cuts negative values to zero. Keeps width and size; useful behind a plain convolution or a batch normalisation.',
  parameters: {},
  build: (graph) => graph.layer('activation', 'relu'),
})
