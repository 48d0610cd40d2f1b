// Batch normalisation as a block ("BatchNormal" of the paper's Table II).
import { defineBlock } from './define-block'

export const commonBatchNorm = defineBlock({
  name: 'common-batch-norm',
  title: 'Batch normalisation',
  origin: 'Common',
  help: 'Normalises each channel over the batch. Keeps width and size; useful behind a plain convolution or a pooling.',
  parameters: {},
  build: (graph) => graph.layer('norm', 'batch-norm'),
})
