// EfficientNet's SqueezeExcitation (torchvision 0.11, ops/misc; Hu et al. 2018) as a block of its own.
import { numberOf } from '../catalogue/parameter-values'
import { INPUT_ID } from '../layer'
import { defineBlock } from './define-block'
import { squeezeExcitation } from './parts'

export const efficientnetSqueezeExcitation = defineBlock({
  name: 'efficientnet-squeeze-excitation',
  title: 'Squeeze and excitation',
  origin: 'EfficientNet',
  help: 'Weighs each channel by what the whole image contains: mean over the map, two small layers, a gate from 0 to 1. Few weights and hardly any work; keeps width and size.',
  parameters: {
    reduction: {
      type: 'integer',
      min: 1,
      max: 64,
      // A quarter, as torchvision squeezes relative to the input of the surrounding block.
      default: 4,
      title: 'Reduction',
      help: 'The channels are divided by this number between the two small layers.',
    },
  },
  build(graph, parameters) {
    const squeezed = Math.max(1, Math.floor(graph.channelsOf(INPUT_ID) / numberOf(parameters, 'reduction')))
    return squeezeExcitation(graph, 'gate', INPUT_ID, { squeezed, activation: 'silu' })
  },
})
