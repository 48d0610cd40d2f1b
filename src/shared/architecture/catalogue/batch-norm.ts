// Batch normalisation over the last axis: learned scale and shift, running mean and variance.
// Momentum and epsilon belong to the training recipe, not to the architecture.
import type { LayerDefinition } from '../layer'
import { ONE_INPUT } from './simple-layer'

export const batchNorm: LayerDefinition = {
  kind: 'batch-norm',
  family: 'normalisation',
  title: 'Batch normalisation',
  help: 'Brings each channel to zero mean and unit variance over the batch, then scales and shifts it. Makes deep networks trainable at high learning rates. Put it after a convolution without bias.',
  parameters: {},
  inputs: ONE_INPUT,
  shape: (_parameters, [input]) => ({ ok: true, shape: input }),
  cost(_parameters, [input]) {
    const channels = input[input.length - 1]!
    return { parameters: 2 * channels, statistics: 2 * channels, macs: 0 }
  },
}
